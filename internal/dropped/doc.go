// Package dropped keeps, in the archive, what volume control dropped on the way in, so that it can be asked for long after
// the collector that did it is gone.
//
// # Format, version 1
//
// Below dropped/v1/ each collector has one object for each hour in which it dropped anything, in UTC and by the time at which the
// traffic arrived:
//
//	dropped/v1/date=2026-11-23/hour=10/rrpair-20261123T093011Z-5f0c9a1be2d34c77.json
//
// It is named after the receiver (with _ for what is no letter, digit, dot, dash or underscore), the time at which its process
// began to count, and random digits, so that no two collectors write the same object and one that starts again begins another.
// Its content:
//
//	{
//	  "format": "otelcol-byoc/dropped", "version": 1,
//	  "receiver": "rrpair",
//	  "hour": "2026-11-23T10:00:00Z",
//	  "counts": [
//	    {"rule": "health checks", "kind": "drop", "service": "checkout", "minutes": [[0, 12, 30211], [7, 3, 7801]]}
//	  ]
//	}
//
// kind is drop, sample or budget. Each entry of minutes is the minute of the hour, the records and the bytes of text in them that
// were dropped in it; a minute without any has no entry. A service of {other} stands for those beyond the 4,000 pairs of rule and
// service that an hour keeps apart.
//
// While an hour lasts its object is written again as a whole each minute in which it has changed; afterwards never. Readers add up
// what the objects of an hour say.
package dropped

// Root is the folder of the counts, below the archive's prefix.
const Root = "dropped/"

const (
	rootV1       = Root + "v1/"
	format       = "otelcol-byoc/dropped"
	version      = 1
	objectSuffix = ".json"
)
