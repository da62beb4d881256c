package worker

import (
	"context"
	"sync"
	"time"

	activityv1 "github.com/stepwell/stepwell/clients/go/stepwell/activity/v1"
)

// pollTime is the deadline of a long poll, which the server answers within 60 seconds.
const pollTime = 65 * time.Second

// poll keeps as many long polls going as there are free slots, until the intake ends or one fails
// for good; stop ends the intake.
func (r *run) poll(stop context.CancelFunc) error {
	var pollers sync.WaitGroup
	failures := make(chan error, r.config.Concurrency)
	for range r.config.Concurrency {
		pollers.Go(func() {
			if err := r.pollAgain(); err != nil {
				failures <- err
				stop()
			}
		})
	}
	pollers.Wait()
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}

func (r *run) pollAgain() error {
	delay := backoff{}
	for r.slots.acquireOne(r.intake) > 0 {
		task, err := r.pollOnce()
		if err == nil && task.GetTaskToken() != "" {
			delay.reset()
			r.start(task.GetTaskToken(), task.GetInput())
			continue
		}
		r.slots.release(1)
		if err == nil {
			delay.reset()
			continue
		}
		if r.intake.Err() != nil {
			return nil
		}
		if permanent(err) {
			return err
		}
		r.log.Warn("a poll for tasks failed; polling again", "error", err)
		delay.wait(r.intake)
	}
	return nil
}

func (r *run) pollOnce() (*activityv1.GetActivityTaskResponse, error) {
	ctx, cancel := context.WithTimeout(r.intake, pollTime)
	defer cancel()
	return r.client.GetActivityTask(ctx, &activityv1.GetActivityTaskRequest{
		ActivityArn: r.config.ActivityARN,
		WorkerName:  optional(r.config.Name),
	})
}
