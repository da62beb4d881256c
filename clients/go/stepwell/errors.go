package stepwell

import (
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
)

// ErrorName gives the name that the Step Functions API has for err, for example "TaskTimedOut". It
// is empty where err does not come from a service of the installation, as when no connection could
// be made.
func ErrorName(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetDomain() == "stepwell" {
			return info.GetReason()
		}
	}
	return ""
}
