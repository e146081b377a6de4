package demo

type callKind uint8

const (
	kindHTTP callKind = iota
	kindPostgres
	kindAMQP
)

// call is one recording to be made: what was called, where it was captured, and what the bodies depend on.
type call struct {
	kind     callKind
	action   action
	service  int // where it was captured
	outbound bool
	at       int64 // when the request was seen, unix ns
	took     int64 // microseconds
	status   int   // HTTP status; for other protocols 200 stands for success
	visitor  *visitor
	trace    [16]byte
	seed     uint64 // both sides of one call have the same: their bodies are equal
	product  uint64
	order    uint64
}

type action uint8

const (
	actionSignIn action = iota
	actionSession
	actionList
	actionSearch
	actionProduct
	actionReviews
	actionWriteReview
	actionImage
	actionAddToCart
	actionCartPage
	actionCheckout
	actionOrder
	actionCharge
	actionCardGate
	actionRates
	actionProfile
	actionProfileEdit
	actionOrders
	actionHealth
	actionStock
	actionReserve

	queryUser
	queryProducts
	queryCart
	queryOrder
	queryReviews
	postgresStart
	postgresBye

	publishOrder
	deliverOrder
	amqpStart
)

// productCount is the size of the catalogue; half of all looks go to the popularProducts of it, as in any shop.
const (
	productCount    = 60_000
	popularProducts = 400
)

func pickProduct(r *random) uint64 {
	if r.chance(0.5) {
		return uint64(r.below(popularProducts))
	}
	return uint64(r.below(productCount))
}

// step plans what one visitor does next and all calls that follow from it.
func (g *Generator) step() {
	r := &g.random
	v := &g.visitors[r.below(len(g.visitors))]
	if v.steps == 0 {
		g.arrive(v)
	}
	v.steps--
	p := plan{g: g, base: call{visitor: v, at: g.now, product: pickProduct(r)}}
	r.fill(p.base.trace[:])
	p.base.seed = r.next()

	switch roll := r.below(1000); {
	case !v.signedIn && roll < 350:
		p.signIn()
	case roll < 160:
		p.health()
	case roll < 440:
		p.list()
	case roll < 520:
		p.search()
	case roll < 770:
		p.product()
	case roll < 779:
		p.image()
	case roll < 850:
		p.addToCart()
	case roll < 920:
		if v.cartItems > 0 && v.signedIn {
			p.checkout()
			return
		}
		p.one(frontend, false, actionCartPage, 200)
	case roll < 935:
		p.writeReview()
	case roll < 965:
		p.profile()
	case roll < 991:
		p.orders()
	default:
		p.newConnections()
	}
}

// plan collects the calls of one step; later calls begin after earlier ones.
type plan struct {
	g    *Generator
	base call
}

// add records one call that takes a log-normal time around median microseconds, and returns its index.
func (p *plan) add(kind callKind, where int, outbound bool, what action, status int, median int64) int {
	c := p.base
	c.kind, c.service, c.outbound, c.action, c.status = kind, where, outbound, what, status
	c.took = p.g.latency.draw(&p.g.random, median)
	c.at = p.base.at
	p.base.at += int64(p.g.random.between(80, 900)) * 1000
	p.base.seed++
	p.g.pending = append(p.g.pending, c)
	return len(p.g.pending) - 1
}

func (p *plan) one(where int, outbound bool, what action, status int) int {
	return p.add(kindHTTP, where, outbound, what, status, p.g.services[where].cpu)
}

// both records a call at its caller and at the service called: same bodies, the callee seeing it a little later.
func (p *plan) both(from, to int, what action, status int) {
	i := p.one(from, true, what, status)
	c := p.g.pending[i]
	c.service, c.outbound = to, false
	c.at += int64(p.g.random.between(100, 700)) * 1000
	c.took = max(1, c.took*8/10)
	p.g.pending = append(p.g.pending, c)
}

func (p *plan) query(where int, what action) {
	p.add(kindPostgres, where, true, what, 200, 1500)
}

// outer makes the call at index i last until everything planned since has ended, as the caller of it all does.
func (p *plan) outer(i int) {
	c := &p.g.pending[i]
	c.took += (p.base.at - c.at) / 1000
}

func (p *plan) signIn() {
	status := 200
	if p.g.random.chance(0.06) {
		status = 401
	}
	top := p.one(frontend, false, actionSignIn, status)
	p.both(frontend, users, actionSession, status)
	p.query(users, queryUser)
	p.outer(top)
	if status == 200 {
		p.base.visitor.signedIn = true
	}
}

// health is what load balancers and kubelets do all day.
func (p *plan) health() { p.one(p.g.random.below(serviceCount), false, actionHealth, 200) }

func (p *plan) list() {
	top := p.one(frontend, false, actionList, 200)
	if p.g.random.chance(0.5) {
		p.query(catalog, queryProducts)
	}
	p.outer(top)
}

func (p *plan) search() {
	status := 200
	if p.g.random.chance(0.01) {
		status = 400
	}
	top := p.one(frontend, false, actionSearch, status)
	if status == 200 && p.g.random.chance(0.6) {
		p.query(catalog, queryProducts)
	}
	p.outer(top)
}

func (p *plan) product() {
	status := 200
	if p.g.random.chance(0.02) {
		status = 404
	}
	top := p.one(frontend, false, actionProduct, status)
	if p.g.random.chance(0.4) {
		p.both(catalog, inventory, actionStock, 200)
	}
	if p.g.random.chance(0.4) {
		p.one(frontend, true, actionReviews, 200)
		p.query(reviews, queryReviews)
	}
	p.outer(top)
}

func (p *plan) image() { p.one(frontend, false, actionImage, 200) }

func (p *plan) addToCart() {
	top := p.one(frontend, false, actionAddToCart, 201)
	p.query(cart, queryCart)
	p.base.visitor.cartItems++
	p.outer(top)
}

func (p *plan) writeReview() {
	top := p.one(frontend, false, actionWriteReview, 201)
	p.query(reviews, queryReviews)
	p.outer(top)
}

func (p *plan) profile() {
	if p.g.random.chance(0.3) {
		p.one(frontend, false, actionProfileEdit, 204)
		return
	}
	top := p.one(frontend, false, actionProfile, 200)
	p.query(users, queryUser)
	p.outer(top)
}

func (p *plan) orders() {
	top := p.one(frontend, false, actionOrders, 200)
	p.query(checkout, queryOrder)
	p.outer(top)
}

func (p *plan) newConnections() {
	where := [...]int{users, catalog, cart, checkout, reviews}[p.g.random.below(5)]
	p.query(where, postgresStart)
	if p.g.random.chance(0.3) {
		p.add(kindAMQP, checkout, true, amqpStart, 200, 4000)
	}
	if p.g.random.chance(0.5) {
		p.query(where, postgresBye)
	}
}

// checkout is the story the demo tells: some fail because the card is declined (402), because the order service breaks
// (500), or because the card processor is down (503).
func (p *plan) checkout() {
	g := p.g
	g.orderID += 1 + uint64(g.random.below(9))
	p.base.order = g.orderID
	status := 201
	if g.random.chance(g.options.FailedCheckouts) {
		status = [...]int{402, 402, 500, 503}[g.random.below(4)]
	}
	top := p.one(frontend, false, actionCheckout, status)
	inner := len(g.pending)
	p.both(frontend, checkout, actionOrder, status)
	p.both(checkout, inventory, actionReserve, 200)
	p.query(inventory, queryProducts)
	charge := 201
	if status == 402 || status == 503 {
		charge = status
	}
	p.one(checkout, true, actionCharge, charge)
	slow := p.one(payments, true, actionCardGate, charge)
	if charge == 503 { // a processor that does not answer is waited for
		g.pending[slow].took += 10_000_000
		p.base.at += 10_000_000_000
	}
	if status == 201 {
		p.query(checkout, queryOrder)
		p.add(kindAMQP, checkout, true, publishOrder, 200, 700)
		p.add(kindAMQP, shipping, false, deliverOrder, 200, 900)
		p.one(shipping, true, actionRates, 200)
		p.base.visitor.cartItems = 0
	}
	p.outer(top)
	p.outer(inner)
	p.outer(inner + 1)
}
