package worker

import (
	"context"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	backoffFirst = 100 * time.Millisecond
	backoffMost  = 10 * time.Second
)

// backoff spaces attempts: each interval is twice the one before, up to backoffMost, less up to a
// half of it at random, so that workers that lost the same server don't come back together.
type backoff struct{ next time.Duration }

// wait lets the next interval pass; false when ctx ended first.
func (b *backoff) wait(ctx context.Context) bool {
	interval := max(b.next, backoffFirst)
	b.next = min(2*interval, backoffMost)
	timer := time.NewTimer(interval/2 + rand.N(interval/2))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (b *backoff) reset() { b.next = 0 }

// permanent says that the same call would fail again.
func permanent(err error) bool {
	switch status.Code(err) {
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.FailedPrecondition,
		codes.OutOfRange, codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented:
		return true
	default:
		return false
	}
}
