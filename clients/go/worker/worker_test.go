package worker_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/stepwell/stepwell/clients/go/stepwell"
	"github.com/stepwell/stepwell/clients/go/worker"
)

const arn = "arn:aws:states:us-east-1:000000000000:activity:test"

var deliveries = map[string]worker.Delivery{"stream": worker.Stream, "poll": worker.LongPoll}

func echo(_ context.Context, input json.RawMessage) (any, error) { return input, nil }

// begin runs a worker until the function it gives is called, which also gives Run's error.
func begin(t *testing.T, conn grpc.ClientConnInterface, config worker.Config) (stop func() error) {
	t.Helper()
	config.ActivityARN = arn
	w, err := worker.New(conn, config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(cancel)
	return func() error {
		cancel()
		return next(t, ended, "end of the worker")
	}
}

func TestTasksAreAnsweredWithinTheConcurrency(t *testing.T) {
	for name, delivery := range deliveries {
		t.Run(name, func(t *testing.T) {
			service := newService()
			for index := range 7 {
				service.queue <- fmt.Sprint("task", index)
			}
			stop := begin(t, service.serve(t), worker.Config{
				Handler: echo, Concurrency: 2, Name: "tester", Delivery: delivery,
			})
			var tokens []string
			for range 7 {
				report := next(t, service.reports, "report")
				if report.output != fmt.Sprintf("%q", report.token) {
					t.Errorf("%s ended with %s", report.token, report.output)
				}
				tokens = append(tokens, report.token)
			}
			if err := stop(); err != nil {
				t.Error(err)
			}
			slices.Sort(tokens)
			want := []string{"task0", "task1", "task2", "task3", "task4", "task5", "task6"}
			if !slices.Equal(tokens, want) {
				t.Errorf("reports of %v", tokens)
			}
			if service.atOnce > 2 {
				t.Errorf("%d tasks at once", service.atOnce)
			}
		})
	}
}

func TestASubscriptionTellsNameAndConcurrency(t *testing.T) {
	service := newService()
	begin(t, service.serve(t), worker.Config{Handler: echo, Name: "tester", Concurrency: 3})
	got := next(t, service.subscribed, "subscription")
	if got.GetActivityArn() != arn || got.GetWorkerName() != "tester" || got.GetCredit() != 3 {
		t.Errorf("subscribed with %v", got)
	}
}

func TestErrorsBecomeFailures(t *testing.T) {
	service := newService()
	handlers := map[string]worker.Handler{
		"named": func(context.Context, json.RawMessage) (any, error) {
			return nil, fmt.Errorf("wrapped: %w", &worker.TaskError{Name: "Declined", Cause: "no money"})
		},
		"plain": func(context.Context, json.RawMessage) (any, error) {
			return nil, errors.New("it broke")
		},
		"panic":    func(context.Context, json.RawMessage) (any, error) { panic("at the disco") },
		"unknown":  func(context.Context, json.RawMessage) (any, error) { return func() {}, nil },
		"too long": func(context.Context, json.RawMessage) (any, error) { return strings.Repeat("x", 300_000), nil },
	}
	begin(t, service.serve(t), worker.Config{Handler: func(ctx context.Context, input json.RawMessage) (any, error) {
		var name string
		if err := json.Unmarshal(input, &name); err != nil {
			return nil, err
		}
		return handlers[name](ctx, input)
	}})
	for _, want := range []report{
		{token: "named", error: "Declined", cause: "no money"},
		{token: "plain", error: "HandlerError", cause: "it broke"},
		{token: "panic", error: "HandlerPanic", cause: "at the disco"},
		{token: "unknown", error: "InvalidOutput", cause: "json: unsupported type: func()"},
		{token: "too long", error: "InvalidOutput", cause: "the result has 300002 bytes of JSON, the limit is 262144"},
	} {
		service.queue <- want.token
		if got := next(t, service.reports, "report"); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestALongCauseIsCut(t *testing.T) {
	service := newService()
	begin(t, service.serve(t), worker.Config{Handler: func(context.Context, json.RawMessage) (any, error) {
		return nil, &worker.TaskError{Name: strings.Repeat("é", 300), Cause: strings.Repeat("é", 40_000)}
	}})
	service.queue <- "task"
	got := next(t, service.reports, "report")
	if got.error != strings.Repeat("é", 256) || got.cause != strings.Repeat("é", 32_768) {
		t.Errorf("an error of %d bytes with a cause of %d", len(got.error), len(got.cause))
	}
}

func TestAStreamThatBreaksIsOpenedAgain(t *testing.T) {
	service := newService()
	service.breaks = 2
	service.queue <- "task"
	begin(t, service.serve(t), worker.Config{Handler: echo})
	if got := next(t, service.reports, "report"); got.token != "task" {
		t.Errorf("got %+v", got)
	}
	service.queue <- "another"
	if got := next(t, service.reports, "second report"); got.token != "another" {
		t.Errorf("got %+v", got)
	}
}

func TestAServerThatComesBackIsFound(t *testing.T) {
	for name, delivery := range deliveries {
		t.Run(name, func(t *testing.T) {
			service := newService()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			address := listener.Addr().String()
			first := service.serveOn(t, listener)
			conn, err := stepwell.Dial(address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
			begin(t, conn, worker.Config{Handler: echo, Delivery: delivery})
			service.queue <- "before"
			next(t, service.reports, "report before the server went")
			first.Stop()
			if listener, err = net.Listen("tcp", address); err != nil {
				t.Fatal(err)
			}
			service.serveOn(t, listener)
			service.queue <- "after"
			// The first report may come twice: the server may have gone before its answer.
			for next(t, service.reports, "report after it came back").token != "after" {
			}
		})
	}
}

func TestAReportIsRepeatedUntilItIsTaken(t *testing.T) {
	service := newService()
	begin(t, service.serve(t), worker.Config{Handler: func(_ context.Context, input json.RawMessage) (any, error) {
		service.mutex.Lock()
		defer service.mutex.Unlock()
		unavailable := named(t, codes.Unavailable, "ServiceUnavailable")
		service.refusals = []error{unavailable, unavailable}
		return input, nil
	}})
	service.queue <- "task"
	if got := next(t, service.reports, "report"); got.output != `"task"` {
		t.Errorf("got %+v", got)
	}
}

func TestAResultThatIsRefusedFailsTheTask(t *testing.T) {
	service := newService()
	begin(t, service.serve(t), worker.Config{Handler: func(_ context.Context, input json.RawMessage) (any, error) {
		service.mutex.Lock()
		defer service.mutex.Unlock()
		service.refusals = []error{named(t, codes.InvalidArgument, "InvalidOutput")}
		return input, nil
	}})
	service.queue <- "task"
	if got := next(t, service.reports, "report"); got.error != "InvalidOutput" {
		t.Errorf("got %+v", got)
	}
}

func TestAWorkerEndsWhereTryingAgainCantHelp(t *testing.T) {
	for name, delivery := range deliveries {
		t.Run(name, func(t *testing.T) {
			service := newService()
			service.refusals = []error{named(t, codes.NotFound, "ActivityDoesNotExist")}
			w, err := worker.New(service.serve(t), worker.Config{
				ActivityARN: arn, Handler: echo, Delivery: delivery,
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Run(t.Context()); stepwell.ErrorName(err) != "ActivityDoesNotExist" {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

func TestHeartbeatsAreSentWhileAHandlerRuns(t *testing.T) {
	service := newService()
	finish := make(chan struct{})
	begin(t, service.serve(t), worker.Config{
		HeartbeatInterval: 10 * time.Millisecond,
		Handler: func(_ context.Context, input json.RawMessage) (any, error) {
			<-finish
			return input, nil
		},
	})
	service.queue <- "task"
	for range 3 {
		if token := next(t, service.heartbeats, "heartbeat"); token != "task" {
			t.Errorf("a heartbeat for %q", token)
		}
	}
	close(finish)
	next(t, service.reports, "report")
}

func TestATaskThatIsOverIsLost(t *testing.T) {
	service := newService()
	service.beats = named(t, codes.FailedPrecondition, "TaskTimedOut")
	causes := make(chan error, 1)
	stop := begin(t, service.serve(t), worker.Config{
		HeartbeatInterval: 10 * time.Millisecond,
		Handler: func(ctx context.Context, _ json.RawMessage) (any, error) {
			<-ctx.Done()
			causes <- context.Cause(ctx)
			return nil, ctx.Err()
		},
	})
	service.queue <- "task"
	if cause := next(t, causes, "end of the handler's context"); !errors.Is(cause, worker.ErrTaskLost) {
		t.Errorf("ended with %v", cause)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if len(service.reports) != 0 {
		t.Error("a lost task was reported")
	}
}

func TestAStopLetsTasksFinish(t *testing.T) {
	for name, delivery := range deliveries {
		t.Run(name, func(t *testing.T) {
			service := newService()
			begun, finish := make(chan struct{}, 1), make(chan struct{})
			w, err := worker.New(service.serve(t), worker.Config{
				ActivityARN: arn,
				Delivery:    delivery,
				Handler: func(_ context.Context, input json.RawMessage) (any, error) {
					begun <- struct{}{}
					<-finish
					return input, nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- w.Run(ctx) }()
			service.queue <- "task"
			next(t, begun, "task")
			service.queue <- "late"
			cancel()
			close(finish)
			if err := next(t, ended, "end of the worker"); err != nil {
				t.Error(err)
			}
			if got := next(t, service.reports, "report"); got.token != "task" {
				t.Errorf("got %+v", got)
			}
			if len(service.reports) != 0 || len(service.queue) != 1 {
				t.Error("a task was taken after the stop")
			}
		})
	}
}

func TestAHandlerBeyondTheGracePeriodIsCutShort(t *testing.T) {
	service := newService()
	begun := make(chan struct{}, 1)
	stop := begin(t, service.serve(t), worker.Config{
		Grace: 20 * time.Millisecond,
		Handler: func(ctx context.Context, _ json.RawMessage) (any, error) {
			begun <- struct{}{}
			<-ctx.Done()
			return nil, context.Cause(ctx)
		},
	})
	service.queue <- "task"
	next(t, begun, "task")
	if err := stop(); err != nil {
		t.Error(err)
	}
	want := report{token: "task", error: "WorkerStopped", cause: worker.ErrStopped.Error()}
	if got := next(t, service.reports, "report"); got != want {
		t.Errorf("got %+v", got)
	}
}

func TestLargeMessagesAndTheNamespaceArrive(t *testing.T) {
	service := newService()
	service.inputs["large"] = fmt.Sprintf("%q", strings.Repeat("x", 6<<20))
	conn := service.serve(t, stepwell.InNamespace("123456789012", "eu-west-1"))
	begin(t, conn, worker.Config{
		Delivery: worker.LongPoll,
		Handler: func(_ context.Context, input json.RawMessage) (any, error) {
			return len(input), nil
		},
	})
	service.queue <- "large"
	if got := next(t, service.reports, "report"); got.output != fmt.Sprint(6<<20+2) {
		t.Errorf("got %+v", got)
	}
	service.mutex.Lock()
	defer service.mutex.Unlock()
	if !slices.Equal(service.namespace, []string{"123456789012", "eu-west-1"}) {
		t.Errorf("called in %v", service.namespace)
	}
}

func TestAConfigThatCantWorkIsRefused(t *testing.T) {
	for name, config := range map[string]worker.Config{
		"no activity":     {Handler: echo},
		"no handler":      {ActivityARN: arn},
		"too many":        {ActivityARN: arn, Handler: echo, Concurrency: 1001},
		"fewer than none": {ActivityARN: arn, Handler: echo, Concurrency: -1},
	} {
		if _, err := worker.New(nil, config); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
