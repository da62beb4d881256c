package worker

import "context"

// slots are what a worker has free: each holds one task, or the promise to take one. They outlive
// streams, so that a worker that connects anew takes no more than it has room for.
type slots chan struct{}

func newSlots(count int) slots {
	free := make(slots, count)
	free.release(count)
	return free
}

// acquire waits for a free slot and takes it, with all others that are free; zero when ctx ended.
func (s slots) acquire(ctx context.Context) int {
	taken := s.acquireOne(ctx)
	for taken > 0 {
		select {
		case <-s:
			taken++
		default:
			return taken
		}
	}
	return 0
}

// acquireOne waits for a free slot and takes it; zero when ctx ended.
func (s slots) acquireOne(ctx context.Context) int {
	if ctx.Err() != nil {
		return 0
	}
	select {
	case <-s:
		return 1
	case <-ctx.Done():
		return 0
	}
}

// release gives slots back.
func (s slots) release(count int) {
	for range count {
		s <- struct{}{}
	}
}
