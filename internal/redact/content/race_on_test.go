//go:build race

package content

// underRace is true where the race detector multiplies memory and time.
const underRace = true
