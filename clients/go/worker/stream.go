package worker

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc"

	activityv1 "github.com/stepwell/stepwell/clients/go/stepwell/activity/v1"
)

// drainTime is how long a stream may go on after the worker has closed its side.
const drainTime = 2 * time.Second

// streamAgain keeps a stream open until the intake ends, or until a failure is for good.
func (r *run) streamAgain() error {
	delay := backoff{}
	for {
		credit := r.slots.acquire(r.intake)
		if credit == 0 {
			return nil
		}
		opened := time.Now()
		err := r.stream(credit)
		if r.intake.Err() != nil {
			return nil
		}
		if permanent(err) {
			return err
		}
		if time.Since(opened) > backoffMost {
			delay.reset()
		}
		r.log.Warn("the stream of tasks broke; connecting anew", "error", err)
		if !delay.wait(r.intake) {
			return nil
		}
	}
}

// stream takes tasks over one stream until it ends, and says why it did.
func (r *run) stream(credit int) error {
	ctx, cancel := context.WithCancel(r.reports)
	defer cancel()
	tasks := &taskStream{run: r, credit: credit}
	// Slots that the server has not made use of are free for the next stream.
	defer tasks.end()
	calls, err := r.client.StreamActivityTasks(ctx)
	if err != nil {
		return err
	}
	tasks.calls = calls
	if err := tasks.subscribe(); err != nil {
		return tasks.why(err)
	}
	granting := make(chan struct{})
	go func() {
		defer close(granting)
		tasks.grant(ctx)
	}()
	defer func() { cancel(); <-granting }()
	stop := context.AfterFunc(r.intake, func() {
		tasks.close()
		time.AfterFunc(drainTime, cancel)
	})
	defer stop()
	return tasks.receive()
}

// taskStream is one stream. Its mutex keeps the two that send apart: the one that acknowledges and
// the one that adds credit.
type taskStream struct {
	run    *run
	calls  grpc.BidiStreamingClient[activityv1.StreamActivityTasksRequest, activityv1.StreamActivityTasksResponse]
	mutex  sync.Mutex
	closed bool
	// credit is what the server may still send. It ends with the stream.
	credit int
}

func (s *taskStream) subscribe() error {
	subscribe := &activityv1.StreamActivityTasksRequest_Subscribe{
		ActivityArn: s.run.config.ActivityARN,
		WorkerName:  optional(s.run.config.Name),
		Credit:      uint32(s.credit),
	}
	return s.calls.Send(&activityv1.StreamActivityTasksRequest{
		Message: &activityv1.StreamActivityTasksRequest_Subscribe_{Subscribe: subscribe},
	})
}

// receive takes tasks until the stream ends. A task that can't be acknowledged is not begun: it
// comes again.
func (s *taskStream) receive() error {
	for {
		task, err := s.calls.Recv()
		if err != nil {
			return err
		}
		if s.acknowledge(task.GetDeliveryId()) {
			s.run.start(task.GetTaskToken(), task.GetInput())
		}
	}
}

func (s *taskStream) acknowledge(delivery string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	acknowledge := &activityv1.StreamActivityTasksRequest_Acknowledge{DeliveryId: delivery}
	message := &activityv1.StreamActivityTasksRequest{
		Message: &activityv1.StreamActivityTasksRequest_Acknowledge_{Acknowledge: acknowledge},
	}
	if s.closed || s.credit == 0 || s.calls.Send(message) != nil {
		return false
	}
	s.credit--
	return true
}

// grant adds credit as slots become free, until ctx or the intake ends.
func (s *taskStream) grant(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.run.intake, cancel)()
	for {
		count := s.run.slots.acquire(ctx)
		if count == 0 {
			return
		}
		s.addCredit(count)
	}
}

func (s *taskStream) addCredit(count int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.credit += count
	if s.closed {
		return
	}
	credit := &activityv1.StreamActivityTasksRequest_AddCredit{Count: uint32(count)}
	// Where this fails the stream has ended, which receive finds out.
	_ = s.calls.Send(&activityv1.StreamActivityTasksRequest{
		Message: &activityv1.StreamActivityTasksRequest_AddCredit_{AddCredit: credit},
	})
}

// close tells the server that nothing more is taken.
func (s *taskStream) close() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.closed = true
	_ = s.calls.CloseSend()
}

// end gives back the credit that is left.
func (s *taskStream) end() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.closed = true
	s.run.slots.release(s.credit)
	s.credit = 0
}

// why gives the status of a stream that refused to send, which only its receiving side knows.
func (s *taskStream) why(sendError error) error {
	if !errors.Is(sendError, io.EOF) {
		return sendError
	}
	_, err := s.calls.Recv()
	return err
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
