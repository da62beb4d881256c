// Package worker answers the tasks of an activity.
//
// A Worker takes tasks, by a stream or by long polls, calls a Handler for each, and reports what
// came of it. A task may be given more than once, since a connection can break between its delivery
// and its acknowledgement; only the first report about it counts. So a handler's effects should be
// safe to repeat.
package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/grpc"

	activityv1 "github.com/stepwell/stepwell/clients/go/stepwell/activity/v1"
)

// Handler does the work of one task. What it returns is the task's result, written as JSON; an
// error fails the task: a TaskError under its own name, any other as "HandlerError". A panic fails
// it as "HandlerPanic".
//
// The context ends with the cause ErrTaskLost when the task has timed out or its execution has
// ended, which only a heartbeat finds out, and with ErrStopped when the worker stops and its grace
// period is over.
type Handler func(ctx context.Context, input json.RawMessage) (any, error)

// Delivery is how a worker comes by its tasks.
type Delivery int

const (
	// Stream keeps one stream open, over which tasks come as soon as they exist. A task that the
	// worker did not acknowledge is given to another, so that none is lost when either side stops.
	Stream Delivery = iota
	// LongPoll asks for each task by a call of its own, as AWS's workers do. A task whose answer
	// crosses the worker's stop comes again only after its timeout.
	LongPoll
)

// Config says what a Worker works on, and how.
type Config struct {
	// ActivityARN names the activity. Required.
	ActivityARN string
	// Handler does the work, for several tasks at once where Concurrency says so. Required.
	Handler Handler
	// Name is shown in the history of executions, 1 to 80 characters; empty leaves it out.
	Name string
	// Concurrency is how many tasks are worked on at once, 1 to 1,000; 0 means 1.
	Concurrency int
	// HeartbeatInterval is how often a heartbeat is sent for each task while its handler runs; 0
	// means never. It should be well below the HeartbeatSeconds of the Task state.
	HeartbeatInterval time.Duration
	// Delivery is Stream unless set.
	Delivery Delivery
	// Grace is how long handlers may go on after the worker was told to stop; 0 means 30 seconds.
	Grace time.Duration
	// Logger is slog.Default() unless set.
	Logger *slog.Logger
}

var (
	// ErrTaskLost ends the context of a task that no report can change any more.
	ErrTaskLost = errors.New("the task has timed out or its execution has ended")
	// ErrStopped ends the context of a task whose worker stops.
	ErrStopped = errors.New("the worker has stopped")
)

// Worker answers the tasks of one activity.
type Worker struct {
	client activityv1.ActivityServiceClient
	config Config
	log    *slog.Logger
}

// New gives a worker that takes its tasks over conn, a channel as of stepwell.Dial.
func New(conn grpc.ClientConnInterface, config Config) (*Worker, error) {
	if config.ActivityARN == "" || config.Handler == nil {
		return nil, errors.New("a worker needs an ActivityARN and a Handler")
	}
	if config.Concurrency == 0 {
		config.Concurrency = 1
	}
	if config.Concurrency < 1 || config.Concurrency > 1000 {
		return nil, fmt.Errorf("a Concurrency of %d: it may be 1 to 1,000", config.Concurrency)
	}
	if config.Grace == 0 {
		config.Grace = 30 * time.Second
	}
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	return &Worker{
		client: activityv1.NewActivityServiceClient(conn),
		config: config,
		log:    config.Logger.With("activity", config.ActivityARN),
	}, nil
}

// Run works until ctx ends, then takes no more tasks, lets those at hand finish within the grace
// period, and returns nil. While the installation can't be reached it tries again, at growing
// intervals of at most ten seconds. It returns an error only where trying again can't help, for
// example when the activity does not exist.
func (w *Worker) Run(ctx context.Context) error {
	intake, stopIntake := context.WithCancel(ctx)
	defer stopIntake()
	tasks, endTasks := context.WithCancelCause(context.WithoutCancel(ctx))
	defer endTasks(nil)
	reports, endReports := context.WithCancel(context.WithoutCancel(ctx))
	defer endReports()
	r := &run{
		Worker:  w,
		intake:  intake,
		tasks:   tasks,
		reports: reports,
		slots:   newSlots(w.config.Concurrency),
	}

	var err error
	if w.config.Delivery == LongPoll {
		err = r.poll(stopIntake)
	} else {
		err = r.streamAgain()
	}

	// Handlers first lose their time, then reports theirs, so that what handlers say is heard.
	overdue := time.AfterFunc(w.config.Grace, func() { endTasks(ErrStopped) })
	defer overdue.Stop()
	lost := time.AfterFunc(w.config.Grace+reportGrace, endReports)
	defer lost.Stop()
	r.running.Wait()
	return err
}

// run is one call of Run: the contexts that end one after another, and the tasks at hand.
type run struct {
	*Worker
	// intake ends when no more tasks are to be taken.
	intake context.Context
	// tasks ends when handlers have used up the grace period.
	tasks context.Context
	// reports ends when even the report of a handler that was cut short had its time.
	reports context.Context
	slots   slots
	running sync.WaitGroup
}

// start performs a task in the background; its slot is free again afterwards.
func (r *run) start(token, input string) {
	r.running.Go(func() {
		defer r.slots.release(1)
		r.perform(token, json.RawMessage(input))
	})
}
