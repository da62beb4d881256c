package gosdk

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func TestErrorsArriveAsTheirTypes(t *testing.T) {
	client, ctx := connect(t), limited(t)
	arn := "arn:aws:states:us-east-1:000000000000:stateMachine:nowhere"
	_, err := client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &arn})
	var missing *types.StateMachineDoesNotExist
	if !errors.As(err, &missing) || missing.ErrorMessage() == "" {
		t.Errorf("an unknown machine gave %v", err)
	}
	_, err = client.CreateActivity(ctx, &sfn.CreateActivityInput{Name: aws.String("a b")})
	var name *types.InvalidName
	if !errors.As(err, &name) || name.ErrorMessage() == "" {
		t.Errorf("a bad name gave %v", err)
	}
}
