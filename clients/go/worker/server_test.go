package worker_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/stepwell/stepwell/clients/go/stepwell"
	activityv1 "github.com/stepwell/stepwell/clients/go/stepwell/activity/v1"
)

// report is what the service was told about a task.
type report struct{ token, output, error, cause string }

// service is an activity service that holds its tasks in memory, behind a real gRPC server: it
// keeps to the credit of each stream, and gives a task that was not acknowledged again.
type service struct {
	activityv1.UnimplementedActivityServiceServer
	queue      chan string
	reports    chan report
	heartbeats chan string
	subscribed chan *activityv1.StreamActivityTasksRequest_Subscribe
	// inputs by token; a token without one has the input `"TOKEN"`.
	inputs map[string]string

	mutex sync.Mutex
	// breaks is how many streams end after a delivery, before its acknowledgement is read.
	breaks int
	// refusals is what the next calls that report or open a stream are answered with.
	refusals []error
	// beats is what heartbeats are answered with.
	beats error
	// atOnce is how many tasks were unreported at most.
	open, atOnce int
	namespace    []string
}

func newService() *service {
	return &service{
		queue:      make(chan string, 100),
		reports:    make(chan report, 100),
		heartbeats: make(chan string, 100),
		subscribed: make(chan *activityv1.StreamActivityTasksRequest_Subscribe, 100),
		inputs:     map[string]string{},
	}
}

// serve puts the service on a port of its own and gives a channel to it.
func (s *service) serve(t *testing.T, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.serveOn(t, listener)
	conn, err := stepwell.Dial(listener.Addr().String(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func (s *service) serveOn(t *testing.T, listener net.Listener) *grpc.Server {
	server := grpc.NewServer(grpc.MaxSendMsgSize(stepwell.MaxMessageBytes))
	activityv1.RegisterActivityServiceServer(server, s)
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	return server
}

func (s *service) input(token string) string {
	if input, found := s.inputs[token]; found {
		return input
	}
	return fmt.Sprintf("%q", token)
}

func (s *service) refuse() error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if len(s.refusals) == 0 {
		return nil
	}
	refusal := s.refusals[0]
	s.refusals = s.refusals[1:]
	return refusal
}

func (s *service) count(change int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.open += change
	s.atOnce = max(s.atOnce, s.open)
}

func (s *service) StreamActivityTasks(stream activityv1.ActivityService_StreamActivityTasksServer) error {
	if err := s.refuse(); err != nil {
		return err
	}
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	subscribe := first.GetSubscribe()
	s.subscribed <- subscribe
	requests := make(chan *activityv1.StreamActivityTasksRequest)
	go func() {
		defer close(requests)
		for {
			request, err := stream.Recv()
			if err != nil {
				return
			}
			select {
			case requests <- request:
			case <-stream.Context().Done():
				return
			}
		}
	}()
	return s.deliver(stream, int(subscribe.GetCredit()), requests)
}

func (s *service) deliver(
	stream activityv1.ActivityService_StreamActivityTasksServer,
	credit int,
	requests chan *activityv1.StreamActivityTasksRequest,
) error {
	unacknowledged := map[string]bool{}
	defer func() {
		for token := range unacknowledged {
			s.count(-1)
			s.queue <- token
		}
	}()
	for {
		queue := s.queue
		if credit == 0 {
			queue = nil
		}
		select {
		case token := <-queue:
			credit--
			s.count(1)
			unacknowledged[token] = true
			task := &activityv1.StreamActivityTasksResponse{
				DeliveryId: "delivery-" + token, TaskToken: token, Input: s.input(token),
			}
			if err := stream.Send(task); err != nil {
				return err
			}
			if s.breakNow() {
				return status.Error(codes.Unavailable, "broken")
			}
		case request, open := <-requests:
			if !open {
				return nil
			}
			if acknowledge := request.GetAcknowledge(); acknowledge != nil {
				delete(unacknowledged, acknowledge.GetDeliveryId()[len("delivery-"):])
			}
			credit += int(request.GetAddCredit().GetCount())
		}
	}
}

func (s *service) breakNow() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.breaks--
	return s.breaks >= 0
}

func (s *service) GetActivityTask(
	ctx context.Context, _ *activityv1.GetActivityTaskRequest,
) (*activityv1.GetActivityTaskResponse, error) {
	if err := s.refuse(); err != nil {
		return nil, err
	}
	values, _ := metadata.FromIncomingContext(ctx)
	s.mutex.Lock()
	s.namespace = append(values.Get("stepwell-account"), values.Get("stepwell-region")...)
	s.mutex.Unlock()
	select {
	case token := <-s.queue:
		s.count(1)
		input := s.input(token)
		return &activityv1.GetActivityTaskResponse{TaskToken: &token, Input: &input}, nil
	case <-time.After(50 * time.Millisecond):
		return &activityv1.GetActivityTaskResponse{}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *service) record(r report) error {
	if err := s.refuse(); err != nil {
		return err
	}
	s.count(-1)
	s.reports <- r
	return nil
}

func (s *service) SendTaskSuccess(
	_ context.Context, request *activityv1.SendTaskSuccessRequest,
) (*activityv1.SendTaskSuccessResponse, error) {
	r := report{token: request.GetTaskToken(), output: request.GetOutput()}
	return &activityv1.SendTaskSuccessResponse{}, s.record(r)
}

func (s *service) SendTaskFailure(
	_ context.Context, request *activityv1.SendTaskFailureRequest,
) (*activityv1.SendTaskFailureResponse, error) {
	r := report{token: request.GetTaskToken(), error: request.GetError(), cause: request.GetCause()}
	return &activityv1.SendTaskFailureResponse{}, s.record(r)
}

func (s *service) SendTaskHeartbeat(
	_ context.Context, request *activityv1.SendTaskHeartbeatRequest,
) (*activityv1.SendTaskHeartbeatResponse, error) {
	s.heartbeats <- request.GetTaskToken()
	return &activityv1.SendTaskHeartbeatResponse{}, s.beats
}

// named is an error as the installation's services send it.
func named(t *testing.T, code codes.Code, name string) error {
	t.Helper()
	info := &errdetails.ErrorInfo{Domain: "stepwell", Reason: name}
	answer, err := status.New(code, "provoked").WithDetails(info)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Err()
}

// next gives what comes over a channel, or fails the test when nothing does.
func next[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(20 * time.Second):
		t.Fatalf("no %s within 20 seconds", what)
		panic(io.ErrUnexpectedEOF)
	}
}
