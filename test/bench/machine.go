package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine is what a reader must know to trust the figures: others' load shows in Load.
type machine struct {
	CPU        string `json:"cpu"`
	Cores      int    `json:"cores"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	Load       string `json:"load"`        // 1, 5 and 15 minutes, when the run began
	LoadAtEnd  string `json:"load_at_end"` // which has our own processes in it
	Go         string `json:"go"`
}

func thisMachine() machine {
	m := machine{CPU: "unknown CPU", Cores: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0), Load: loadAverage(), Go: runtime.Version()}
	if data, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(data)) {
			if name, ok := strings.CutPrefix(line, "model name"); ok {
				m.CPU = strings.Trim(name, " \t\n:")
				break
			}
		}
	}
	return m
}

func loadAverage() string {
	data, err := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(data)); err == nil && len(fields) > 2 {
		return strings.Join(fields[:3], " ")
	}
	return "unknown"
}

func (m machine) print() {
	fmt.Printf("machine: %s, %d cores, GOMAXPROCS %d, %s; load average at start %s\n", m.CPU, m.Cores, m.GOMAXPROCS, m.Go, m.Load)
}
