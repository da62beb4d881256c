package gosdk

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func TestStartDescribeListAndReadTheHistoryOfAnExecution(t *testing.T) {
	client, ctx := connect(t), limited(t)
	machine := createMachine(t, client, onePass)
	arn := start(t, client, machine, `{"a":1}`)
	found := ended(t, client, arn)
	if found.Status != types.ExecutionStatusSucceeded || *found.Output != `{"a":1}` {
		t.Errorf("ended as %s with %s", found.Status, aws.ToString(found.Output))
	}
	if found.StopDate.Before(*found.StartDate) {
		t.Errorf("stopped %s before it started %s", found.StopDate, found.StartDate)
	}
	of, err := client.DescribeStateMachineForExecution(ctx, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	if *of.StateMachineArn != machine || *of.Definition != onePass {
		t.Errorf("started from %+v", of)
	}
	listed, err := client.ListExecutions(ctx, &sfn.ListExecutionsInput{
		StateMachineArn: &machine, StatusFilter: types.ExecutionStatusSucceeded,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(listed.Executions) != 1 || *listed.Executions[0].ExecutionArn != arn {
		t.Errorf("listed %+v", listed.Executions)
	}
	history, err := client.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	expected := []types.HistoryEventType{
		types.HistoryEventTypeExecutionStarted, types.HistoryEventTypePassStateEntered,
		types.HistoryEventTypePassStateExited, types.HistoryEventTypeExecutionSucceeded,
	}
	if len(history.Events) != len(expected) {
		t.Fatalf("%d events", len(history.Events))
	}
	for place, event := range history.Events {
		if event.Type != expected[place] || event.Id != int64(place+1) {
			t.Errorf("event %d is %d %s", place+1, event.Id, event.Type)
		}
	}
}

func TestStopAnExecution(t *testing.T) {
	client, ctx := connect(t), limited(t)
	machine := createMachine(t, client, `{"StartAt":"Park","States":{"Park":{"Type":"Wait","Seconds":3600,"End":true}}}`)
	arn := start(t, client, machine, `{}`)
	stopped, err := client.StopExecution(ctx, &sfn.StopExecutionInput{
		ExecutionArn: &arn, Error: aws.String("Changed"), Cause: aws.String("of mind"),
	})
	if err != nil {
		t.Fatal(err)
	}
	found := ended(t, client, arn)
	if found.Status != types.ExecutionStatusAborted || !found.StopDate.Equal(*stopped.StopDate) {
		t.Errorf("ended as %s at %s, not at %s", found.Status, found.StopDate, stopped.StopDate)
	}
	if aws.ToString(found.Error) != "Changed" || aws.ToString(found.Cause) != "of mind" {
		t.Errorf("because of %v, %v", found.Error, found.Cause)
	}
}
