// Package hotstores runs the suite that every hot store passes on real servers, and what only they can show: restarts,
// refusals, other collectors at the same time.
package hotstores
