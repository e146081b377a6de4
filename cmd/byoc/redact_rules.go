package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/redact"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/keysource"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/policy"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
)

func newRedactRules(a *app) *cobra.Command {
	var f redactFlags
	var all bool
	command := &cobra.Command{
		Use:   "rules [NAME]",
		Short: "List the rules of a policy, or explain one",
		Example: `  byoc redact rules
  byoc redact rules card
  byoc redact rules --policy strict --output json | jq -r '.[].name'`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.redactRules(&f, args, all) },
	}
	command.Flags().BoolVar(&all, "all", false, "also list the built-in rules that this policy does not have on")
	command.Flags().StringVar(&f.policy, "policy", "default", "default, strict, secrets-only, or a policy file")
	return command
}

func (a *app) redactRules(f *redactFlags, args []string, all bool) error {
	p, err := f.loadPolicy()
	if err != nil {
		return err
	}
	described := p.Describe()
	if len(args) == 0 && !all {
		described = slices.DeleteFunc(described, func(d policy.Description) bool { return !d.On })
	}
	if len(args) == 1 {
		described = slices.DeleteFunc(described, func(d policy.Description) bool { return d.Name != args[0] })
		if len(described) == 0 {
			return usagef("the policy %s has no rule %q that is on: 'byoc redact rules --policy %s' lists them", p.Name, args[0], f.policy)
		}
	}
	if a.wantsJSON() {
		return a.printJSON(described)
	}
	if len(args) == 1 {
		return describeRule(a.stdout, &described[0])
	}
	rows := newTable("RULE", "TYPE", "CATEGORY", "ACTION", "CONFIDENCE", "WHERE", "WHAT IT FINDS")
	for i := range described {
		d := &described[i]
		rows.add(d.Name, string(d.Type), string(d.Category), d.Action, strconv.FormatFloat(d.Confidence, 'g', 3, 64), d.Where, d.Summary)
	}
	fmt.Fprintf(a.stdout, "policy %s, version %s\n\n", p.Name, p.Version)
	return rows.write(a.stdout)
}

func describeRule(w io.Writer, d *policy.Description) error {
	fmt.Fprintf(w, "%s: %s\n", d.Name, d.Summary)
	rows := newTable()
	rows.add("  type", string(d.Type))
	rows.add("  category", string(d.Category))
	if d.On {
		rows.add("  action", d.Action)
		rows.add("  confidence", fmt.Sprintf("%.2g (acted on from %.2g)", d.Confidence, d.Minimum))
		rows.add("  where", d.Where)
	} else {
		rows.add("  off", "this policy does not have it on")
	}
	if err := rows.write(w); err != nil {
		return err
	}
	writeExamples(w, "matches", d.Matches)
	writeExamples(w, "does not match", d.Misses)
	return nil
}

func writeExamples(w io.Writer, title string, examples []detect.Example) {
	if len(examples) == 0 {
		return
	}
	fmt.Fprintf(w, "  %s\n", title)
	for _, example := range examples {
		if example.Name != "" {
			fmt.Fprintf(w, "    %s: %s\n", example.Name, shorten(example.Text, 2*shownCell))
		} else {
			fmt.Fprintf(w, "    %s\n", shorten(example.Text, 2*shownCell))
		}
	}
}

func newRedactExplain(a *app) *cobra.Command {
	var f redactFlags
	var name, value string
	command := &cobra.Command{
		Use:   "explain",
		Short: "Say which rule fires on a value, and why",
		Example: `  byoc redact explain --value 4111-1111-1111-1111
  byoc redact explain --name patientId --value 00123456 --policy strict
  printf %s "$TOKEN" | byoc redact explain --value -`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.redactExplain(&f, name, value) },
	}
	command.Flags().StringVar(&f.policy, "policy", "default", "default, strict, secrets-only, or a policy file")
	command.Flags().StringVar(&value, "value", "", "the value, - to read it from stdin (so that no shell history keeps it)")
	command.Flags().StringVar(&name, "name", "", "the name it stands under: a JSON key, header, cookie, column")
	return command
}

func (a *app) redactExplain(f *redactFlags, name, value string) error {
	p, err := f.loadPolicy()
	if err != nil {
		return err
	}
	text := []byte(value)
	if value == "-" {
		if text, err = io.ReadAll(io.LimitReader(a.stdin, maxLineBytes)); err != nil {
			return fmt.Errorf("read the value from stdin: %w", err)
		}
	}
	if len(text) == 0 {
		return usagef("give --value (- for stdin)")
	}
	engine, err := redact.New(p, redact.Options{})
	if err != nil {
		return fmt.Errorf("prepare the policy %s: %w", p.Name, err)
	}
	explanations, err := engine.Explain([]byte(name), text)
	if err != nil {
		return fmt.Errorf("explain the value: %w", err)
	}
	if a.wantsJSON() {
		if explanations == nil {
			explanations = []redact.Explanation{}
		}
		return a.printJSON(explanations)
	}
	if name != "" {
		fmt.Fprintf(a.stdout, "the name %q says: %s\n", name, p.ClassifyName([]byte(name)))
	}
	if len(explanations) == 0 {
		fmt.Fprintf(a.stdout, "no rule of the policy %s finds anything: the value stays as it is\n", p.Name)
		return nil
	}
	for i := range explanations {
		e := &explanations[i]
		fmt.Fprintf(a.stdout, "%s %s", e.Rule, e.Verdict)
		if e.Action != "" {
			fmt.Fprintf(a.stdout, " (%s)", e.Action)
		}
		if e.Copy {
			fmt.Fprint(a.stdout, ", a copy")
		}
		if e.Path != "" {
			fmt.Fprintf(a.stdout, " at %s", e.Path)
		}
		fmt.Fprintf(a.stdout, ": bytes %d to %d are a %s, confidence %.2g, acted on from %.2g\n  %s\n", e.Start, e.End, e.Type, e.Confidence, e.Minimum, e.Why)
	}
	return nil
}

func newRedactKey(a *app) *cobra.Command {
	var f redactFlags
	command := &cobra.Command{
		Use:   "key",
		Short: "Print the redaction key's id, and the key derived from it that only verifies",
		Long: `Print the id under which redacted data is kept, and the key derived from the redaction key with which an archive
extension checks the stamps of another collector's redact processor (redaction::verify_keys). The redaction key cannot be
found from it, but who has it can stamp records: keep it secret.`,
		Example: `  byoc redact key
  byoc redact key --output json | jq -r .verify_key`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.redactKey(c.Context(), &f) },
	}
	f.add(command)
	return command
}

func (a *app) redactKey(ctx context.Context, f *redactFlags) error {
	p, err := f.loadPolicy()
	if err != nil {
		return err
	}
	keys, err := a.loadKeys(ctx, f, p)
	if errors.Is(err, errNoKey) {
		return usagef("%w", err)
	}
	if err != nil {
		return err
	}
	printed := struct {
		ID        string   `json:"id"`
		VerifyKey string   `json:"verify_key"`
		Previous  []string `json:"previous_ids,omitempty"`
	}{keys.KeyID(), hex.EncodeToString(keys.Derive(verifyPurpose)), keys.PreviousIDs()}
	if a.wantsJSON() {
		return a.printJSON(printed)
	}
	rows := newTable()
	rows.add("id", printed.ID)
	rows.add("verify key", printed.VerifyKey)
	return rows.write(a.stdout)
}

// keysOrRandom reads the key, or makes one up where there is none.
func (a *app) keysOrRandom(ctx context.Context, f *redactFlags, p *policy.Policy) (*surrogate.Keyring, error) {
	keys, err := a.loadKeys(ctx, f, p)
	if !errors.Is(err, errNoKey) {
		return keys, err
	}
	a.logger.Info("No redaction key: the report uses one made up for it")
	return keysource.Load(ctx, keysource.Config{Ephemeral: true})
}

// writeCounts prints counts by name, the largest first.
func writeCounts(w io.Writer, title string, counts map[string]int64) {
	if len(counts) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(names, func(x, y string) int { return int(counts[y] - counts[x]) })
	rows := newTable("  "+title, "COUNT")
	for _, name := range names {
		rows.add("  "+name, humanCount(counts[name]))
	}
	// the reader went away: nothing to tell
	_ = rows.write(w)
}

// verifyPurpose is what the key of stamps is derived for, as the redact processor derives it.
const verifyPurpose = "stamp"
