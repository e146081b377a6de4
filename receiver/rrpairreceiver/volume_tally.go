package rrpairreceiver

// volumeTally sums up what volume control did to one batch. Nothing of it counts
// before the pipeline has taken the rest: a sender that has to come again comes
// with all of it.
type volumeTally struct {
	dropped  int
	byRule   []tallyCell // by the index of the rule; nil as long as none dropped
	cells    []droppedCell
	places   map[droppedKey]int // in cells, where there are several
	accounts []accountTally
}

// accountTally is what one budget was asked for and what it paid.
type accountTally struct {
	account       *account
	offered, kept int64 // bytes
}

// droppedCell is what one rule dropped of one service.
type droppedCell struct {
	droppedKey
	tallyCell
}

type droppedKey struct {
	rule    int
	service string
}

// drop counts a record of so many bytes.
func (t *volumeTally) drop(v *volume, of verdict, size int) {
	if t.byRule == nil {
		t.byRule = make([]tallyCell, len(v.rules))
	}
	t.dropped++
	t.byRule[of.rule].records++
	t.byRule[of.rule].bytes += int64(size)
	cell := t.cell(droppedKey{of.rule, of.service})
	cell.records++
	cell.bytes += int64(size)
	if of.account != nil {
		t.of(of.account).offered += int64(size)
	}
}

// keep counts a record that a budget paid for.
func (t *volumeTally) keep(of verdict, size int) {
	if of.account == nil {
		return
	}
	one := t.of(of.account)
	one.offered += int64(size)
	one.kept += int64(size)
}

// cell finds the sums of a rule and service. Neighbours are mostly of one.
func (t *volumeTally) cell(key droppedKey) *droppedCell {
	last := len(t.cells) - 1
	if last >= 0 && t.cells[last].droppedKey == key {
		return &t.cells[last]
	}
	if last == 0 {
		t.places = map[droppedKey]int{t.cells[0].droppedKey: 0}
	}
	place, found := t.places[key]
	if !found {
		place = len(t.cells)
		t.cells = append(t.cells, droppedCell{droppedKey: key})
		if t.places != nil {
			t.places[key] = place
		}
	}
	return &t.cells[place]
}

// of finds an account's sums. A batch has few accounts, and neighbours mostly one.
func (t *volumeTally) of(a *account) *accountTally {
	for i := len(t.accounts) - 1; i >= 0; i-- {
		if t.accounts[i].account == a {
			return &t.accounts[i]
		}
	}
	t.accounts = append(t.accounts, accountTally{account: a})
	return &t.accounts[len(t.accounts)-1]
}
