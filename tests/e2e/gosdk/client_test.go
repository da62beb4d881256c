// Package gosdk drives a running Stepwell through aws-sdk-go-v2. The address of its gateway is
// in STEPWELL_ENDPOINT.
package gosdk

import (
	"context"
	"crypto/rand"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

const role = "arn:aws:iam::000000000000:role/workflow"

const onePass = `{"StartAt":"Only","States":{"Only":{"Type":"Pass","End":true}}}`

func connect(t *testing.T) *sfn.Client {
	t.Helper()
	endpoint := os.Getenv("STEPWELL_ENDPOINT")
	if endpoint == "" {
		t.Fatal("STEPWELL_ENDPOINT names no gateway")
	}
	return sfn.New(sfn.Options{
		BaseEndpoint: aws.String(endpoint),
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func unique(prefix string) *string {
	return aws.String(prefix + "-" + rand.Text())
}

func createMachine(t *testing.T, client *sfn.Client, definition string) string {
	t.Helper()
	created, err := client.CreateStateMachine(limited(t), &sfn.CreateStateMachineInput{
		Name: unique("machine"), Definition: &definition, RoleArn: aws.String(role),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *created.StateMachineArn
}

func start(t *testing.T, client *sfn.Client, machine, input string) string {
	t.Helper()
	started, err := client.StartExecution(limited(t), &sfn.StartExecutionInput{
		StateMachineArn: &machine, Name: unique("run"), Input: &input,
	})
	if err != nil {
		t.Fatal(err)
	}
	return *started.ExecutionArn
}

// ended polls until the execution is closed.
func ended(t *testing.T, client *sfn.Client, execution string) *sfn.DescribeExecutionOutput {
	t.Helper()
	ctx := limited(t)
	for {
		found, err := client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &execution})
		if err != nil {
			t.Fatal(err)
		}
		if found.Status != types.ExecutionStatusRunning {
			return found
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s is still open", execution)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
