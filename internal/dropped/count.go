package dropped

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Kinds of rules.
const (
	KindDrop   = "drop"
	KindSample = "sample"
	KindBudget = "budget"
)

// OtherServices is the service of counts that are not kept apart by service.
const OtherServices = "{other}"

// Count is what one rule of one receiver dropped of one service in one minute.
type Count struct {
	Minute   time.Time // of arrival, UTC
	Receiver string    // id of the receiver: rrpair, rrpair/eu
	Rule     string    // name of the drop rule; sample and budget for the settings of that name
	Kind     string    // KindDrop, KindSample or KindBudget
	Service  string    // as the pair said; OtherServices for those beyond what is kept apart
	Records  int64
	Bytes    int64 // of text in the records: keys and strings, without numbers and the framing of the transport
}

// object is the content of one object in the archive.
type object struct {
	Format   string    `json:"format"`
	Version  int       `json:"version"`
	Receiver string    `json:"receiver"`
	Hour     time.Time `json:"hour"`
	Counts   []series  `json:"counts"`
}

// series are the counts of one rule and service in an hour.
type series struct {
	Rule    string    `json:"rule"`
	Kind    string    `json:"kind"`
	Service string    `json:"service"`
	Minutes [][]int64 `json:"minutes"` // minute of the hour, records, bytes
}

// Folders of days and hours, below rootV1.
const (
	dayFolder  = "date=2006-01-02/"
	hourFolder = dayFolder + "hour=15/"
)

// folderOf is the folder of an hour.
func folderOf(hour time.Time) string { return rootV1 + hour.Format(hourFolder) }

// parseFolder is the day or hour of a folder.
func parseFolder(layout, folder string) (time.Time, bool) {
	at, err := time.Parse(layout, strings.TrimPrefix(folder, rootV1))
	return at, err == nil
}

// decode understands an object, or says why it cannot.
func decode(data []byte) (*object, error) {
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, err
	}
	if head.Format != format || head.Version < 1 || head.Version > version {
		return nil, fmt.Errorf("it is a %q of version %d, this program reads %s up to version %d", head.Format, head.Version, format, version)
	}
	read := new(object)
	if err := json.Unmarshal(data, read); err != nil {
		return nil, err
	}
	if !read.Hour.Equal(read.Hour.Truncate(time.Hour)) {
		return nil, fmt.Errorf("hour is %s, which is no whole hour", read.Hour.Format(time.RFC3339))
	}
	for _, one := range read.Counts {
		for _, cell := range one.Minutes {
			if len(cell) != 3 || cell[0] < 0 || cell[0] > 59 || cell[1] < 0 || cell[2] < 0 {
				return nil, fmt.Errorf("%v is no minute, records and bytes of rule %q", cell, one.Rule)
			}
		}
	}
	return read, nil
}
