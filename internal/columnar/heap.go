package columnar

// item is what a heap holds: before tells which of two comes out first.
type item[T any] interface{ before(T) bool }

// push adds an item to a binary heap.
func push[T item[T]](heap []T, x T) []T {
	heap = append(heap, x)
	i := len(heap) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !x.before(heap[parent]) {
			break
		}
		heap[i] = heap[parent]
		i = parent
	}
	heap[i] = x
	return heap
}

// pop takes heap[0] out, which the caller has read.
func pop[T item[T]](heap []T) []T {
	last := len(heap) - 1
	x := heap[last]
	heap = heap[:last]
	if last > 0 {
		replace(heap, x)
	}
	return heap
}

// replace puts an item in the place of heap[0].
func replace[T item[T]](heap []T, x T) { sink(heap, 0, x) }

// heapify makes a heap of items in any order.
func heapify[T item[T]](items []T) {
	for i := len(items)/2 - 1; i >= 0; i-- {
		sink(items, i, items[i])
	}
}

// sink puts an item at a place of the heap, or below.
func sink[T item[T]](heap []T, i int, x T) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			break
		}
		if right := child + 1; right < len(heap) && heap[right].before(heap[child]) {
			child = right
		}
		if !heap[child].before(x) {
			break
		}
		heap[i] = heap[child]
		i = child
	}
	heap[i] = x
}
