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
	Load       string `json:"load"` // 1, 5 and 15 minutes, when the run began
	Go         string `json:"go"`
}

func thisMachine() machine {
	m := machine{CPU: "unknown CPU", Cores: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0), Load: "unknown", Go: runtime.Version()}
	if data, err := os.ReadFile("/proc/loadavg"); err == nil {
		if fields := strings.Fields(string(data)); len(fields) > 2 {
			m.Load = strings.Join(fields[:3], " ")
		}
	}
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

func (m machine) print() {
	fmt.Printf("machine: %s, %d cores, GOMAXPROCS %d, %s; load average at start %s\n", m.CPU, m.Cores, m.GOMAXPROCS, m.Go, m.Load)
}
