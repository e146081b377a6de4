package redactprocessor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/stamp"
)

// stampPurpose derives the key of the stamps from that of redaction; who verifies stamps has the derived key only.
const stampPurpose = "stamp"

// force is one policy in force, compiled. It is replaced as a whole when the policy's file changes; a request is
// handled by one force from its first record to its last. Immutable.
type force struct {
	policy   *policy.Policy
	version  string // of the policy, as stamps carry it
	keyID    string
	keyIDs   []string // of all keys whose stamps are believed
	scoped   bool     // rules look at the record as a whole
	engine   *redact.Engine
	signer   *stamp.Signer
	verifier *stamp.Verifier
	counted  []metric.MeasurementOption // the attributes of each rule's counter, by its index
}

// passesOpaque ends the version in the stamps of a processor that passes contents nobody can look into.
const passesOpaque = "+opaque"

// compile reads the policy and makes everything that it decides.
func (p *redactProcessor) compile() (*force, error) {
	loaded, err := policy.Load(p.config.Policy)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return p.enforce(loaded)
}

func (p *redactProcessor) enforce(loaded *policy.Policy) (*force, error) {
	opaque, err := redact.ParseOpaque(p.config.Opaque)
	if err != nil {
		return nil, err
	}
	engine, err := redact.New(loaded, redact.Options{Keys: p.keys, Limits: p.config.Limits.engine(), Opaque: opaque})
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", loaded.Name, err)
	}
	id, key := p.keys.KeyID(), p.keys.Derive(stampPurpose)
	keys := map[string][]byte{id: key}
	for _, previous := range p.keys.PreviousIDs() {
		keys[previous] = p.keys.DerivePrevious(previous, stampPurpose)
	}
	// Stamps tell records that may hold contents nobody looked into from others: a stricter tier redacts them again.
	version := loaded.Version
	if opaque == redact.OpaquePass {
		version += passesOpaque
	}
	return &force{
		policy: loaded, version: version, keyID: id, keyIDs: slices.Collect(maps.Keys(keys)), scoped: loaded.Scoped(), engine: engine,
		signer:   stamp.NewSigner(loaded.Name, version, id, key, p.keys.PreviousIDs()...),
		verifier: stamp.NewVerifier(keys),
		counted:  p.telemetry.ruleAttributes(loaded.Rules()),
	}, nil
}

// made says whether a verified stamp says that this very policy, with one of the keys, made the record what it is. Under
// another version the record is redacted again: what was a surrogate then stays one.
func (f *force) made(s stamp.Stamp) bool {
	return s.Policy == f.policy.Name && (s.Version == f.version || s.Version+passesOpaque == f.version) && slices.Contains(f.keyIDs, s.KeyID)
}

// watches says whether there is a file to look at again.
func (p *redactProcessor) watches(first *force) bool {
	return p.config.ReloadInterval > 0 && len(first.policy.Files()) > 0
}

// reload looks at the policy's file again and again. It reads it whole each time, so that a change of a dictionary that
// it names is seen too, and so that no file system's idea of time matters.
func (p *redactProcessor) reload(ctx context.Context, host component.Host) {
	ticker := time.NewTicker(p.config.ReloadInterval)
	defer ticker.Stop()
	failing := "" // the last look's error
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			failing = p.look(ctx, host, failing)
		}
	}
}

// look takes the policy over if it has changed. While it is wrong the old one stays in force; that is said once for
// each error, counted at each look, and lasts in the processor's health.
func (p *redactProcessor) look(ctx context.Context, host component.Host, failing string) string {
	changed, err := p.replace()
	if err != nil {
		p.telemetry.reloaded(ctx, false)
		if err.Error() != failing {
			p.logger.Error("The policy's file has changed and cannot be used; the policy read before stays in force.",
				zap.String("policy", p.config.Policy), zap.Error(err))
			componentstatus.ReportStatus(host, componentstatus.NewRecoverableErrorEvent(fmt.Errorf("reload policy: %w", err)))
		}
		return err.Error()
	}
	if changed {
		p.telemetry.reloaded(ctx, true)
		now := p.force.Load()
		p.logger.Info("The policy's file has changed; the new policy is in force.", zap.String("policy", now.policy.Name),
			zap.String("version", now.policy.Version), zap.Int("rules", len(now.policy.Rules())))
	}
	if failing != "" {
		componentstatus.ReportStatus(host, componentstatus.NewEvent(componentstatus.StatusOK))
	}
	return ""
}

// replace reads the policy and puts it in force if it differs.
func (p *redactProcessor) replace() (changed bool, err error) {
	loaded, err := policy.Load(p.config.Policy)
	if err != nil {
		return false, err
	}
	old := p.force.Load()
	if loaded.Version == old.policy.Version && loaded.Name == old.policy.Name {
		return false, nil
	}
	replacement, err := p.enforce(loaded)
	if err != nil {
		return false, err
	}
	p.force.Store(replacement)
	old.signer.Close() // the new signer has the same key, so stamps of the old one are still believed
	return true, nil
}
