// Command ship-parcel hands the parcels of orders to a carrier: a worker of the activity
// `ship-parcel`.
//
// Its input is an order as in examples/order/order.json of the project. The carrier is busy when it
// is first asked about an order, which fails the task with the error `CarrierBusy`; the second
// attempt succeeds, so a workflow that retries gets its parcel shipped.
//
//	go run ./examples/ship-parcel --endpoint 127.0.0.1:8081
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/stepwell/stepwell/clients/go/stepwell"
	"github.com/stepwell/stepwell/clients/go/worker"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("ship-parcel: ")
	endpoint := flag.String("endpoint", "127.0.0.1:8081", "gRPC address of Stepwell")
	arn := flag.String("activity-arn",
		"arn:aws:states:us-east-1:000000000000:activity:ship-parcel", "the activity to work for")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := work(ctx, *endpoint, *arn); err != nil {
		log.Fatal(err)
	}
}

// work ships parcels until ctx ends.
func work(ctx context.Context, endpoint, arn string) error {
	conn, err := stepwell.Dial(endpoint)
	if err != nil {
		return err
	}
	defer conn.Close()
	carrier := carrier{asked: map[string]int{}}
	shipping, err := worker.New(conn, worker.Config{
		ActivityARN:       arn,
		Name:              "ship-parcel-go",
		Handler:           carrier.ship,
		Concurrency:       4,
		HeartbeatInterval: 5 * time.Second,
	})
	if err != nil {
		return err
	}
	return shipping.Run(ctx)
}

// carrier counts how often it was asked about each order.
type carrier struct {
	mutex sync.Mutex
	asked map[string]int
}

type order struct {
	ID     string `json:"id"`
	ShipTo struct {
		Name string `json:"name"`
		City string `json:"city"`
	} `json:"shipTo"`
}

type shipment struct {
	TrackingNumber string `json:"trackingNumber"`
	To             string `json:"to"`
}

func (c *carrier) ship(_ context.Context, input json.RawMessage) (any, error) {
	var order order
	if err := json.Unmarshal(input, &order); err != nil {
		return nil, &worker.TaskError{Name: "InvalidOrder", Cause: err.Error()}
	}
	attempt := c.ask(order.ID)
	if attempt == 1 {
		log.Printf("%s: the carrier is busy", order.ID)
		return nil, &worker.TaskError{Name: "CarrierBusy", Cause: "no van is free, ask again"}
	}
	log.Printf("%s: shipped at attempt %d", order.ID, attempt)
	return shipment{
		TrackingNumber: "parcel-of-" + order.ID,
		To:             fmt.Sprintf("%s, %s", order.ShipTo.Name, order.ShipTo.City),
	}, nil
}

// ask gives how often the carrier was asked about an order, this time included.
func (c *carrier) ask(id string) int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.asked[id]++
	return c.asked[id]
}
