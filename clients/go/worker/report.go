package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/stepwell/stepwell/clients/go/stepwell"
	activityv1 "github.com/stepwell/stepwell/clients/go/stepwell/activity/v1"
)

const (
	// reportGrace is what reports get after the handlers' grace period.
	reportGrace = 10 * time.Second
	// callTime bounds one attempt to report.
	callTime = 30 * time.Second

	// Limits of SendTaskSuccess and SendTaskFailure.
	mostOutputBytes     = 262_144
	mostErrorCharacters = 256
	mostCauseCharacters = 32_768

	// invalidOutput is the error of a task whose result can't be sent.
	invalidOutput = "InvalidOutput"
)

func (r *run) reportSuccess(token, output string) {
	if len(output) > mostOutputBytes {
		cause := fmt.Sprintf("the result has %d bytes of JSON, the limit is %d", len(output), mostOutputBytes)
		r.reportFailure(token, &TaskError{Name: invalidOutput, Cause: cause})
		return
	}
	err := r.again(func(ctx context.Context) error {
		request := &activityv1.SendTaskSuccessRequest{TaskToken: token, Output: output}
		_, err := r.client.SendTaskSuccess(ctx, request)
		return err
	})
	if stepwell.ErrorName(err) == invalidOutput {
		r.reportFailure(token, &TaskError{Name: invalidOutput, Cause: err.Error()})
		return
	}
	r.tell("success", err)
}

func (r *run) reportFailure(token string, failure *TaskError) {
	name := firstCharacters(failure.Name, mostErrorCharacters)
	cause := firstCharacters(failure.Cause, mostCauseCharacters)
	r.tell("failure", r.again(func(ctx context.Context) error {
		request := &activityv1.SendTaskFailureRequest{TaskToken: token, Error: &name, Cause: &cause}
		_, err := r.client.SendTaskFailure(ctx, request)
		return err
	}))
}

// heartbeat sends one and says whether the task is over. One that does not arrive is not sent
// again: the next is soon due.
func (r *run) heartbeat(ctx context.Context, token string) (over bool) {
	ctx, cancel := context.WithTimeout(ctx, r.config.HeartbeatInterval)
	defer cancel()
	request := &activityv1.SendTaskHeartbeatRequest{TaskToken: token}
	_, err := r.client.SendTaskHeartbeat(ctx, request)
	return permanent(err)
}

// again makes a call until it succeeds, fails for good, or reports have had their time.
func (r *run) again(call func(context.Context) error) error {
	delay := backoff{}
	for {
		ctx, cancel := context.WithTimeout(r.reports, callTime)
		err := call(ctx)
		cancel()
		if err == nil || permanent(err) || !delay.wait(r.reports) {
			return err
		}
	}
}

// tell logs a report that was not taken. A task that is over needs none: it timed out, its
// execution ended, or an earlier attempt to report was heard though its answer was not.
func (r *run) tell(what string, err error) {
	if err != nil {
		r.log.Warn("the report of a task was not taken", "report", what, "error", err)
	}
}

// firstCharacters cuts a text that is too long.
func firstCharacters(text string, most int) string {
	count := 0
	for index := range text {
		if count == most {
			return text[:index]
		}
		count++
	}
	return text
}
