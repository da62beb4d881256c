package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// TaskError is how a handler fails a task under a name that the Retry and Catch of the Task state
// can tell from others.
type TaskError struct {
	// Name is what ErrorEquals is compared with, at most 256 characters.
	Name string
	// Cause explains it to a person, at most 32,768 characters.
	Cause string
}

// Error gives name and cause.
func (e *TaskError) Error() string { return e.Name + ": " + e.Cause }

// perform works on one task from its arrival to the report about it.
func (r *run) perform(token string, input json.RawMessage) {
	ctx, lose := context.WithCancelCause(r.tasks)
	defer lose(nil)
	defer r.heartbeats(token, lose)()
	output, err := r.call(ctx, input)
	switch {
	case errors.Is(context.Cause(ctx), ErrTaskLost):
		r.log.Warn("a task was lost while it was worked on", "error", ErrTaskLost)
	case err != nil:
		if errors.Is(context.Cause(ctx), ErrStopped) {
			err = &TaskError{Name: "WorkerStopped", Cause: err.Error()}
		}
		r.reportFailure(token, named(err))
	default:
		r.reportSuccess(token, output)
	}
}

// call calls the handler and writes its result as JSON.
func (r *run) call(ctx context.Context, input json.RawMessage) (output string, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			r.log.Error("a handler panicked", "panic", problem, "stack", string(debug.Stack()))
			err = &TaskError{Name: "HandlerPanic", Cause: fmt.Sprint(problem)}
		}
	}()
	result, err := r.config.Handler(ctx, input)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(result)
	if err != nil {
		return "", &TaskError{Name: invalidOutput, Cause: err.Error()}
	}
	return string(text), nil
}

func named(err error) *TaskError {
	var failure *TaskError
	if errors.As(err, &failure) {
		return failure
	}
	return &TaskError{Name: "HandlerError", Cause: err.Error()}
}

// heartbeats sends them for a task until the function it gives is called, and loses the task where
// the answer is that it is over.
func (r *run) heartbeats(token string, lose context.CancelCauseFunc) (stop func()) {
	if r.config.HeartbeatInterval <= 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(r.reports)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(r.config.HeartbeatInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			if r.heartbeat(ctx, token) {
				lose(ErrTaskLost)
				return
			}
		}
	}()
	return func() { cancel(); <-done }
}
