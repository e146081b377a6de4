//go:build race

package rrpairreceiver

// underRace is true where the race detector multiplies memory and time.
const underRace = true
