// Package stepwell connects to a Stepwell installation: channels with its limits, the namespace
// that calls act in, and the names of its errors. The packages below it hold the generated code of
// its three services.
package stepwell

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
)

// MaxMessageBytes is the largest message that a channel of Dial sends or takes. A page of a history
// may hold 1 MiB of events and one event more, which is beyond gRPC's default.
const MaxMessageBytes = 16 << 20

// Dial gives a channel to target, "host:port". It connects when it is first used, without TLS
// unless an option gives credentials, and notices a peer that has vanished within 40 seconds.
func Dial(target string, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	reconnect := backoff.DefaultConfig
	reconnect.BaseDelay = 100 * time.Millisecond
	reconnect.MaxDelay = 5 * time.Second
	defaults := []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(MaxMessageBytes),
			grpc.MaxCallSendMsgSize(MaxMessageBytes),
		),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           reconnect,
			MinConnectTimeout: 5 * time.Second,
		}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{
			Time:    30 * time.Second,
			Timeout: 10 * time.Second,
		}),
	}
	return grpc.NewClient(target, append(defaults, options...)...)
}

// InNamespace makes every call of a channel act in an account (12 digits) and a region. Without it
// they act in those of the installation.
func InNamespace(account, region string) grpc.DialOption {
	return grpc.WithPerRPCCredentials(namespace{
		"stepwell-account": account,
		"stepwell-region":  region,
	})
}

// namespace is the metadata of every call; it is no secret and needs no TLS.
type namespace map[string]string

func (n namespace) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return n, nil
}

func (n namespace) RequireTransportSecurity() bool { return false }
