package queue

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configretry"
)

// LargestRequest is the largest single request the queue is laid out for, in uncompressed bytes: what the
// receivers take at most by default. A larger one passes as long as it fits in queue_size.
const LargestRequest = 64 * MiB

// spareBatches is how many of the largest possible batches must fit in the queue: one that fills, two that
// are being written and one that waits. With less, senders stand still while the store is working.
const spareBatches = 4

// Bounds of the settings; each is named in the message of the setting it belongs to.
const (
	minFlushSize     = 1 * MiB
	maxFlushSize     = 4 * GiB
	minFlushAge      = 100 * time.Millisecond
	maxFlushAge      = time.Hour
	maxConsumers     = 64
	minRetryInterval = 10 * time.Millisecond
	maxRetryInterval = 10 * time.Minute
)

// Config is how an exporter queues, batches and retries. Use it in an exporter's own Config with
// `mapstructure:",squash"`.
type Config struct {
	// SendingQueue is where records wait that are acknowledged but not yet in the store.
	SendingQueue SendingQueue `mapstructure:"sending_queue"`
	// Flush is when a batch is written to the store.
	Flush Flush `mapstructure:"flush"`
	// Retry is how long to wait between attempts while the store does not answer. Attempts never end.
	Retry Retry `mapstructure:"retry_on_failure"`
	// Volatile gives up the promise that an acknowledged record is never lost: the queue lies in memory and
	// dies with the process. Default false; then sending_queue::storage must be set.
	Volatile bool `mapstructure:"volatile"`
	// ShutdownTimeout is how long a stopping collector may go on writing what it holds. What is not in the
	// store by then stays in the persistent queue (with volatile: it is lost, and the log says how much).
	// Default 25s, a little less than the 30s that Kubernetes grants a pod.
	ShutdownTimeout time.Duration `mapstructure:"shutdown_timeout"`
}

// SendingQueue configures the queue itself.
type SendingQueue struct {
	// Enabled must be true; it exists so that `enabled: false`, known from other exporters, gets an explanation.
	Enabled bool `mapstructure:"enabled"`
	// Storage is the id of the storage extension that holds the queue, such as file_storage. Required, unless volatile.
	Storage *component.ID `mapstructure:"storage"`
	// QueueSize is how much may wait, in bytes of uncompressed records (on disk they take about a quarter).
	// Default 2GiB. When it is full, senders wait (see BlockOnOverflow).
	QueueSize ByteSize `mapstructure:"queue_size"`
	// NumConsumers is how many batches are written to the store at the same time. Default 2.
	NumConsumers int `mapstructure:"num_consumers"`
	// BlockOnOverflow lets a sender wait for room, until its own time limit. Default true. With false a full
	// queue is a retryable error at once.
	BlockOnOverflow bool `mapstructure:"block_on_overflow"`
}

// Flush configures when a batch is complete.
type Flush struct {
	// Size is how many bytes of uncompressed records make a batch. Default 256MiB.
	Size ByteSize `mapstructure:"size"`
	// Age is how long the first record of a batch waits at most before the batch is written. Default 60s.
	Age time.Duration `mapstructure:"age"`
}

// Retry configures the time between attempts. There is no limit to their number: a limit would delete records.
type Retry struct {
	// Enabled must be true; it exists so that `enabled: false`, known from other exporters, gets an explanation.
	Enabled bool `mapstructure:"enabled"`
	// InitialInterval is the wait after the first failure. Default 1s.
	InitialInterval time.Duration `mapstructure:"initial_interval"`
	// MaxInterval is the longest wait between two attempts. Default 30s.
	MaxInterval time.Duration `mapstructure:"max_interval"`
	// Multiplier is the factor from one wait to the next. Default 1.5.
	Multiplier float64 `mapstructure:"multiplier"`
	// RandomizationFactor spreads each wait by this share up and down. Default 0.5.
	RandomizationFactor float64 `mapstructure:"randomization_factor"`
	// MaxElapsedTime must be 0, for ever; it exists so that another value gets an explanation.
	MaxElapsedTime time.Duration `mapstructure:"max_elapsed_time"`
}

// DefaultConfig returns the defaults; it is not valid by itself: either a storage or volatile must be chosen.
func DefaultConfig() Config {
	backOff := configretry.NewDefaultBackOffConfig()
	return Config{
		SendingQueue: SendingQueue{
			Enabled:         true,
			QueueSize:       2 * GiB,
			NumConsumers:    2,
			BlockOnOverflow: true,
		},
		Flush: Flush{Size: 256 * MiB, Age: time.Minute},
		Retry: Retry{
			Enabled:             true,
			InitialInterval:     time.Second,
			MaxInterval:         30 * time.Second,
			Multiplier:          backOff.Multiplier,
			RandomizationFactor: backOff.RandomizationFactor,
		},
		ShutdownTimeout: 25 * time.Second,
	}
}

// Validate reports every wrong setting at once, each with its key, its value and what is allowed.
func (c *Config) Validate() error {
	return errors.Join(c.validateStorage(), c.SendingQueue.validate(), c.Flush.validate(), c.validateRoom(),
		c.Retry.validate(), inRange("shutdown_timeout", c.ShutdownTimeout, time.Second, time.Hour))
}

func (c *Config) validateStorage() error {
	switch {
	case c.Volatile && c.SendingQueue.Storage != nil:
		return fmt.Errorf("volatile: true and sending_queue::storage: %s exclude each other: remove one of them", c.SendingQueue.Storage)
	case !c.Volatile && c.SendingQueue.Storage == nil:
		return ErrStorageMissing
	}
	return nil
}

func (q *SendingQueue) validate() error {
	var errs []error
	if !q.Enabled {
		errs = append(errs, errors.New("sending_queue::enabled: false is not possible, only true: without the queue nothing could be acknowledged before it is stored; remove the line"))
	}
	if q.NumConsumers < 1 || q.NumConsumers > maxConsumers {
		errs = append(errs, fmt.Errorf("sending_queue::num_consumers: %d is out of range: use 1 to %d", q.NumConsumers, maxConsumers))
	}
	return errors.Join(errs...)
}

func (f *Flush) validate() error {
	var errs []error
	if f.Size < minFlushSize || f.Size > maxFlushSize {
		errs = append(errs, fmt.Errorf("flush::size: %s is out of range: use %s to %s", f.Size, minFlushSize, maxFlushSize))
	}
	return errors.Join(append(errs, inRange("flush::age", f.Age, minFlushAge, maxFlushAge))...)
}

// validateRoom checks that senders do not stand still while batches are written.
func (c *Config) validateRoom() error {
	if least := spareBatches * (c.Flush.Size + LargestRequest); c.SendingQueue.QueueSize < least {
		return fmt.Errorf("sending_queue::queue_size: %s is too small: use at least %s, which is %d x (flush::size %s + %s for the largest request)",
			c.SendingQueue.QueueSize, least, spareBatches, c.Flush.Size, LargestRequest)
	}
	return nil
}

func (r *Retry) validate() error {
	var errs []error
	if !r.Enabled {
		errs = append(errs, errors.New("retry_on_failure::enabled: false is not possible, only true: without retries a store that is down for a moment loses records; remove the line"))
	}
	if r.MaxElapsedTime != 0 {
		errs = append(errs, fmt.Errorf("retry_on_failure::max_elapsed_time: %s is not possible, only 0: when it had passed, acknowledged records would be deleted; remove the line", r.MaxElapsedTime))
	}
	errs = append(errs,
		inRange("retry_on_failure::initial_interval", r.InitialInterval, minRetryInterval, maxRetryInterval),
		inRange("retry_on_failure::max_interval", r.MaxInterval, minRetryInterval, maxRetryInterval))
	if r.MaxInterval < r.InitialInterval {
		errs = append(errs, fmt.Errorf("retry_on_failure::max_interval: %s is less than initial_interval %s: use at least that", r.MaxInterval, r.InitialInterval))
	}
	if r.Multiplier < 1 || r.Multiplier > 10 {
		errs = append(errs, fmt.Errorf("retry_on_failure::multiplier: %g is out of range: use 1 to 10", r.Multiplier))
	}
	if r.RandomizationFactor < 0 || r.RandomizationFactor > 1 {
		errs = append(errs, fmt.Errorf("retry_on_failure::randomization_factor: %g is out of range: use 0 to 1", r.RandomizationFactor))
	}
	return errors.Join(errs...)
}

func inRange(key string, value, least, most time.Duration) error {
	if value < least || value > most {
		return fmt.Errorf("%s: %s is out of range: use %s to %s", key, value, least, most)
	}
	return nil
}

func (r *Retry) backOff() configretry.BackOffConfig {
	backOff := configretry.NewDefaultBackOffConfig()
	backOff.InitialInterval = r.InitialInterval
	backOff.MaxInterval = r.MaxInterval
	backOff.Multiplier = r.Multiplier
	backOff.RandomizationFactor = r.RandomizationFactor
	backOff.MaxElapsedTime = 0
	return backOff
}
