package rrpairreceiver

import (
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/byoc-otel/otelcol-byoc/internal/dimension"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

const (
	// maxAccounts bounds the budgets that are told apart: services beyond share
	// one, so that names made up anew for each pair cannot fill the memory.
	maxAccounts  = 1000
	otherAccount = "{other}"

	// leastShare is kept however far the budget is exceeded, so that no service
	// disappears.
	leastShare = 1.0 / 1000
	// shareSteps is into how many steps a halving of the share is divided: each
	// change of the share tears the sessions between the old and the new one, so
	// it does not follow every wave of the traffic.
	shareSteps = 4
	// margin is by how much the budget must be missed before the share changes.
	margin = 1.1

	// adjustInterval is how often a share is set anew.
	adjustInterval = 10 * time.Second
	// adjustPart is the part of the budget after which it is set anew earlier.
	adjustPart = 1.0 / 200
	// rateMemory is how far back the rate of the traffic is averaged.
	rateMemory = 5 * time.Minute
	// leastRest is the least time that the rest of a budget has to last.
	leastRest = time.Minute
	// measuredPart is the part of the budget that shows what a share really keeps:
	// less would be the chance of a few sessions.
	measuredPart = 1.0 / 100

	day = 24 * time.Hour
)

// budgetField is the member whose values have budgets of their own; for all there
// is none.
func budgetField(per string) (field rrpair.Field, ok bool) {
	switch per {
	case "", "service":
		return rrpair.FieldService, true
	case "namespace":
		return rrpair.FieldNamespace, true
	case "cluster":
		return rrpair.FieldCluster, true
	case "all":
		return rrpair.FieldMsgType, true // which all pairs share
	default:
		return 0, false
	}
}

// budget holds an account for each service, or whatever it is kept per.
type budget struct {
	field    rrpair.Field
	perDay   float64
	now      func() time.Time
	mu       sync.RWMutex
	accounts map[string]*account
}

func newBudget(config budgetConfig, now func() time.Time) *budget {
	field, _ := budgetField(config.Per)
	return &budget{field: field, perDay: float64(config.BytesPerDay), now: now, accounts: map[string]*account{}}
}

// account finds the budget that pays for a record.
func (b *budget) account(source *dimension.Record) *account {
	name := "all"
	if b.field != rrpair.FieldMsgType {
		name = source.Text(b.field)
	}
	b.mu.RLock()
	found := b.accounts[name]
	b.mu.RUnlock()
	if found != nil {
		return found
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if found = b.accounts[name]; found != nil {
		return found
	}
	if len(b.accounts) >= maxAccounts {
		if found = b.accounts[otherAccount]; found != nil {
			return found
		}
		name = otherAccount
	}
	found = newAccount(strings.Clone(name), b.perDay, b.now())
	b.accounts[found.name] = found
	return found
}

// commit books what a batch that the pipeline took has cost.
func (b *budget) commit(sums []accountTally) {
	now := b.now()
	for _, one := range sums {
		one.account.commit(now, float64(one.offered), float64(one.kept))
	}
}

// each tells of every account.
func (b *budget) each(tell func(name string, share float64, spent int64)) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	now := b.now()
	for _, one := range b.accounts {
		share, spent := one.state(now)
		tell(one.name, share, spent)
	}
}

// account is one budget. The share that is kept is such that the rest of the
// budget lasts, at the rate of the last minutes, until midnight UTC.
type account struct {
	name   string
	perDay float64
	share  atomic.Uint64 // the bits of a float64

	mu       sync.Mutex
	day      int64   // since 1970
	spent    float64 // bytes kept on that day
	booked   float64 // of them since the share was looked at
	offered  float64 // bytes since the share was looked at
	rate     float64 // bytes a second that are offered
	looked   time.Time
	changed  time.Time  // when the share was
	measured [2]float64 // bytes offered and kept since then
}

// newAccount takes for spent what the day so far would have cost: nobody knows
// what was kept before, and a collector that starts again must not begin a new
// budget each time.
func newAccount(name string, perDay float64, now time.Time) *account {
	a := &account{name: name, perDay: perDay, looked: now, rate: -1}
	a.day = dayOf(now)
	a.spent = perDay * (1 - float64(untilMidnight(now))/float64(day))
	a.share.Store(math.Float64bits(1))
	return a
}

func dayOf(now time.Time) int64 { return now.Unix() / int64(day/time.Second) }

func untilMidnight(now time.Time) time.Duration {
	return day - time.Duration(now.UnixNano()%int64(day))
}

// keeps decides for a session, or a pair without one: the same on every machine
// as long as the share is the same, and what a share keeps a larger one keeps.
func (a *account) keeps(key string) bool {
	share := math.Float64frombits(a.share.Load())
	return share >= 1 || float64(hashOf(key)) < share*(1<<64)
}

// hashOf is FNV-1a in 64 bits with the finalizer of MurmurHash3, begun with a
// salt: with the hash of samples, what a sample has kept would lie together here.
func hashOf(key string) uint64 {
	const salt = "budget\x00"
	hash := uint64(14695981039346656037)
	for i := range len(salt) {
		hash = (hash ^ uint64(salt[i])) * 1099511628211
	}
	for i := range len(key) {
		hash = (hash ^ uint64(key[i])) * 1099511628211
	}
	hash = (hash ^ hash>>33) * 0xff51afd7ed558ccd
	hash = (hash ^ hash>>33) * 0xc4ceb9fe1a85ec53
	return hash ^ hash>>33
}

// commit books bytes.
func (a *account) commit(now time.Time, offered, kept float64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn(now)
	a.spent += kept
	a.booked += kept
	a.offered += offered
	a.measured[0] += offered
	a.measured[1] += kept
	if now.Sub(a.looked) >= adjustInterval || a.booked >= a.perDay*adjustPart {
		a.adjust(now)
	}
}

// turn begins a new day.
func (a *account) turn(now time.Time) {
	if today := dayOf(now); today > a.day {
		a.day, a.spent = today, 0
	}
}

func (a *account) adjust(now time.Time) {
	elapsed := max(now.Sub(a.looked), time.Second).Seconds()
	current := a.offered / elapsed
	if a.rate < 0 {
		a.rate = current
	}
	a.rate += (current - a.rate) * (1 - math.Exp(-elapsed/rateMemory.Seconds()))
	a.looked, a.offered, a.booked = now, 0, 0

	share := math.Float64frombits(a.share.Load())
	// What a share keeps is measured, since sessions differ in size and traffic
	// may have been sampled before by the same hash.
	keeps := share
	if a.measured[1] >= a.perDay*measuredPart {
		keeps = max(a.measured[1]/a.measured[0], share/8)
	}
	rest := max(untilMidnight(now), leastRest).Seconds()
	wanted := 1.0
	if spending := a.rate * keeps * rest; spending > 0 {
		wanted = share * (a.perDay - a.spent) / spending
	}
	next := stepBelow(wanted)
	switch {
	case next < share && wanted*margin > share:
		return
	case next > share && (wanted < min(share*math.Exp2(1.0/shareSteps)*margin, 1) || now.Sub(a.changed) < rateMemory):
		return
	case next != share:
		a.changed, a.measured = now, [2]float64{}
		a.share.Store(math.Float64bits(next))
	}
}

// stepBelow is the largest allowed share that is not above the wanted one.
func stepBelow(wanted float64) float64 {
	switch {
	case wanted >= 1:
		return 1
	case wanted <= leastShare:
		return leastShare
	}
	return max(math.Exp2(math.Floor(math.Log2(wanted)*shareSteps)/shareSteps), leastShare)
}

func (a *account) state(now time.Time) (share float64, spent int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turn(now)
	return math.Float64frombits(a.share.Load()), int64(a.spent)
}
