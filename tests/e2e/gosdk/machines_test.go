package gosdk

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func TestCreateDescribeListUpdateAndDeleteAStateMachine(t *testing.T) {
	client, ctx := connect(t), limited(t)
	arn := createMachine(t, client, onePass)
	described, err := client.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	if *described.Definition != onePass || *described.RoleArn != role {
		t.Errorf("described as %+v", described)
	}
	if described.Status != types.StateMachineStatusActive {
		t.Errorf("status %s", described.Status)
	}
	if !listsMachine(t, client, arn) {
		t.Error("not listed")
	}
	newer := `{"StartAt":"New","States":{"New":{"Type":"Succeed"}}}`
	updated, err := client.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{
		StateMachineArn: &arn, Definition: &newer,
	})
	if err != nil {
		t.Fatal(err)
	}
	if updated.UpdateDate.Before(*described.CreationDate) {
		t.Errorf("updated %s, created %s", updated.UpdateDate, described.CreationDate)
	}
	if _, err := client.DeleteStateMachine(ctx, &sfn.DeleteStateMachineInput{StateMachineArn: &arn}); err != nil {
		t.Fatal(err)
	}
	if listsMachine(t, client, arn) {
		t.Error("listed after it was deleted")
	}
}

func listsMachine(t *testing.T, client *sfn.Client, arn string) bool {
	t.Helper()
	pages := sfn.NewListStateMachinesPaginator(client, &sfn.ListStateMachinesInput{MaxResults: 1000})
	for pages.HasMorePages() {
		page, err := pages.NextPage(limited(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.StateMachines {
			if aws.ToString(item.StateMachineArn) == arn {
				return true
			}
		}
	}
	return false
}
