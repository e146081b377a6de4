package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// peakWatch follows the peak resident memory of a process while it lives. The kernel's account of an ended process does
// not serve: on Linux its maximum includes that of the process that started it.
type peakWatch struct {
	quit chan struct{}
	done chan struct{}
	once sync.Once
	peak int64
}

// watchInterval is how much of a process's very last growth can be missed.
const watchInterval = 20 * time.Millisecond

func watchPeak(pid int) *peakWatch {
	w := &peakWatch{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		ticker := time.NewTicker(watchInterval)
		defer ticker.Stop()
		for {
			if n, ok := highWaterMark(pid); ok {
				w.peak = n
			}
			select {
			case <-w.quit:
				return
			case <-ticker.C:
			}
		}
	}()
	return w
}

// stop returns the peak in bytes.
func (w *peakWatch) stop() int64 {
	w.once.Do(func() { close(w.quit) })
	<-w.done
	return w.peak
}

// highWaterMark reads VmHWM, the kernel's own peak, so that nothing between two looks is missed.
func highWaterMark(pid int) (int64, bool) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib * 1024, err == nil
		}
	}
	return 0, false
}
