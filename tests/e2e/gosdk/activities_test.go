package gosdk

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func TestCreateDescribeListAndDeleteAnActivity(t *testing.T) {
	client, ctx := connect(t), limited(t)
	arn := createActivity(t, client)
	described, err := client.DescribeActivity(ctx, &sfn.DescribeActivityInput{ActivityArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	if *described.ActivityArn != arn {
		t.Errorf("described as %+v", described)
	}
	if !listsActivity(t, client, arn) {
		t.Error("not listed")
	}
	if _, err := client.DeleteActivity(ctx, &sfn.DeleteActivityInput{ActivityArn: &arn}); err != nil {
		t.Fatal(err)
	}
	if listsActivity(t, client, arn) {
		t.Error("listed after it was deleted")
	}
}

func TestATaskIsPolledKeptAliveAndEnded(t *testing.T) {
	client, ctx := connect(t), limited(t)
	activity := createActivity(t, client)
	machine := createMachine(t, client, working(activity))
	arn := start(t, client, machine, `{"order":7}`)
	task := take(t, client, activity)
	if *task.Input != `{"order":7}` {
		t.Errorf("input %s", *task.Input)
	}
	if _, err := client.SendTaskHeartbeat(ctx, &sfn.SendTaskHeartbeatInput{TaskToken: task.TaskToken}); err != nil {
		t.Fatal(err)
	}
	_, err := client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{
		TaskToken: task.TaskToken, Output: aws.String(`"done"`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if found := ended(t, client, arn); aws.ToString(found.Output) != `"done"` {
		t.Errorf("ended as %+v", found)
	}
}

func TestATaskIsFailed(t *testing.T) {
	client, ctx := connect(t), limited(t)
	activity := createActivity(t, client)
	arn := start(t, client, createMachine(t, client, working(activity)), `{}`)
	_, err := client.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{
		TaskToken: take(t, client, activity).TaskToken,
		Error:     aws.String("Card.Declined"), Cause: aws.String("no funds"),
	})
	if err != nil {
		t.Fatal(err)
	}
	found := ended(t, client, arn)
	if found.Status != types.ExecutionStatusFailed || aws.ToString(found.Error) != "Card.Declined" {
		t.Errorf("ended as %+v", found)
	}
}

func createActivity(t *testing.T, client *sfn.Client) string {
	t.Helper()
	created, err := client.CreateActivity(limited(t), &sfn.CreateActivityInput{Name: unique("activity")})
	if err != nil {
		t.Fatal(err)
	}
	return *created.ActivityArn
}

func working(activity string) string {
	return fmt.Sprintf(`{"StartAt":"Work","States":{"Work":{"Type":"Task","Resource":%q,"HeartbeatSeconds":60,"End":true}}}`, activity)
}

func take(t *testing.T, client *sfn.Client, activity string) *sfn.GetActivityTaskOutput {
	t.Helper()
	ctx := limited(t)
	for {
		task, err := client.GetActivityTask(ctx, &sfn.GetActivityTaskInput{
			ActivityArn: &activity, WorkerName: aws.String("go"),
		})
		if err != nil {
			t.Fatal(err)
		}
		if task.TaskToken != nil {
			return task
		}
	}
}

func listsActivity(t *testing.T, client *sfn.Client, arn string) bool {
	t.Helper()
	pages := sfn.NewListActivitiesPaginator(client, &sfn.ListActivitiesInput{MaxResults: 1000})
	for pages.HasMorePages() {
		page, err := pages.NextPage(limited(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Activities {
			if aws.ToString(item.ActivityArn) == arn {
				return true
			}
		}
	}
	return false
}
