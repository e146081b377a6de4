package archive

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/queue"
)

// filePlan says which blocks make up which row group.
type filePlan struct {
	groups []plannedGroup
	rows   int
	minTS  time.Time
	maxTS  time.Time

	redactions []string // see commonRedactions
}

// plannedGroup is one row group to be.
type plannedGroup struct {
	blocks []int // indexes
	bytes  int   // of their columns, uncompressed
}

// plannedBlock is what planning needs of a block.
type plannedBlock struct {
	index    int
	info     BlockInfo
	checksum uint32
}

// planRowGroups reads the headers of the blocks, orders them by service and cuts
// them into row groups of at most limit uncompressed bytes: between services
// where that leaves no row group less than a quarter full, else between blocks.
func planRowGroups(blocks []queue.Block, limit int) (*filePlan, error) {
	if len(blocks) == 0 {
		return nil, errNoBlocks
	}
	planned := make([]plannedBlock, len(blocks))
	for i := range blocks {
		info, err := BlockHeader(blocks[i].Data)
		if err != nil {
			return nil, &BlockError{Index: i, Err: err}
		}
		if info.Folder != planned[0].info.Folder && i > 0 {
			return nil, fmt.Errorf("write Parquet file: block %d belongs to folder %q, the first to %q", i, info.Folder, planned[0].info.Folder)
		}
		planned[i] = plannedBlock{index: i, info: info, checksum: storedSum(blocks[i].Data)}
	}
	infos := make([]BlockInfo, len(planned))
	for i := range planned {
		infos[i] = planned[i].info
	}
	plan := &filePlan{redactions: commonRedactions(infos), minTS: planned[0].info.MinTS, maxTS: planned[0].info.MaxTS}
	for i := range planned {
		info := &planned[i].info
		plan.rows += info.Rows
		if info.MinTS.Before(plan.minTS) {
			plan.minTS = info.MinTS
		}
		if info.MaxTS.After(plan.maxTS) {
			plan.maxTS = info.MaxTS
		}
	}
	// Time before checksum keeps a service's rows roughly in time order when they
	// take several row groups, so that their time ranges overlap little.
	slices.SortFunc(planned, func(a, b plannedBlock) int {
		return cmp.Or(
			cmp.Compare(a.info.Service, b.info.Service),
			cmp.Compare(a.info.minMicros, b.info.minMicros),
			cmp.Compare(a.info.maxMicros, b.info.maxMicros),
			cmp.Compare(a.checksum, b.checksum),
		)
	})
	plan.cut(planned, limit)
	return plan, nil
}

func (p *filePlan) cut(planned []plannedBlock, limit int) {
	var group plannedGroup
	rows := 0
	closeGroup := func() {
		if len(group.blocks) > 0 {
			p.groups = append(p.groups, group)
		}
		group, rows = plannedGroup{}, 0
	}
	for len(planned) > 0 {
		service := planned
		serviceBytes, serviceRows := 0, 0
		for i := range planned {
			if planned[i].info.Service != planned[0].info.Service {
				service = planned[:i]
				break
			}
			serviceBytes += planned[i].info.payloadBytes
			serviceRows += planned[i].info.Rows
		}
		planned = planned[len(service):]
		fits := group.bytes+serviceBytes <= limit && rows+serviceRows <= maxRowGroupRows
		if !fits && group.bytes >= limit/4 {
			closeGroup()
		}
		for i := range service {
			info := &service[i].info
			if len(group.blocks) > 0 && (group.bytes+info.payloadBytes > limit || rows+info.Rows > maxRowGroupRows) {
				closeGroup()
			}
			group.blocks = append(group.blocks, service[i].index)
			group.bytes += info.payloadBytes
			rows += info.Rows
		}
	}
	closeGroup()
}
