package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/byoc-otel/otelcol-byoc/internal/archive"
	"github.com/byoc-otel/otelcol-byoc/internal/rrpair"
)

// The ways in which a pair is printed, besides json.
const (
	outputExchange = "exchange"
	outputCurl     = "curl"
)

const getLong = `Fetch one whole RRPair.

The argument is its uuid (hyphenated, 32 hex digits or base64) or the address that the pipeline puts into the attribute
rrpair.archive.url. With a bare uuid the hot store, where there is one, says in which hour of the archive the pair lies,
or holds it itself. Without a hot store --at says when the pair was captured, to the minute; without that, every hour is
searched, the newest first, by bloom filters: some requests for each file.

--output exchange (the default) shows a readable request and response: JSON indented, bodies decompressed, what is no
text described, long bodies cut (--full shows all). On a terminal there are colours (NO_COLOR turns them off), and control
characters of the traffic are shown as \x1b and the like. json prints the pair as one line, as in raw.jsonl. curl prints
an HTTP request as a line for sh that sends it again: the method, the address, all headers but those of the connection,
and the body byte for byte. --base-url sends it to another server. Redacted values stay as they are.

Exit code 1 when there is no such record, or the pair is none that curl can send; 3 when the record was not found but
some files could not be read, or when only its dimensions are there: the archive exporter writes a pair some time (its
flush::age, 60s) after the hot store has it.`

const getExamples = `  byoc get "s3://acme-traffic/rrpairs/v1/date=2026-11-20/hour=18?uuid=0c6c9cb1-4f2a-4f0e-9f3a-2f1b0f6f4f53"
  byoc get 0c6c9cb1-4f2a-4f0e-9f3a-2f1b0f6f4f53 --at 2026-11-20T18:06:30Z
  byoc get DGycsU8qTw6fOi8bD29PUw== --output json | jq .http.res.statusCode

  # send the request again, to a server under test
  byoc get 0c6c9cb1-4f2a-4f0e-9f3a-2f1b0f6f4f53 --curl --base-url http://localhost:8080 | sh`

type getFlags struct {
	at, output       string
	source, hotstore string
	baseURL          string
	curl, full       bool
}

func newGetCommand(a *app) *cobra.Command {
	var f getFlags
	command := &cobra.Command{
		Use:     "get UUID|URL",
		Short:   "Fetch one RRPair by its uuid or its archive address",
		Long:    getLong,
		Example: getExamples,
		Args:    cobra.ExactArgs(1),
		RunE:    func(c *cobra.Command, args []string) error { return a.getPair(c.Context(), args[0], f) },
	}
	flags := command.Flags()
	flags.StringVar(&f.at, "at", "", "its ts, to the minute: RFC 3339, -15m, today …, in --tz")
	flags.StringVarP(&f.output, "output", "o", outputExchange, "how it is printed: exchange, json or curl")
	flags.BoolVar(&f.curl, "curl", false, "short for --output curl")
	flags.StringVar(&f.baseURL, "base-url", "", "with curl: scheme, host and path prefix instead of the captured ones, e.g. http://localhost:8080")
	flags.BoolVar(&f.full, "full", false, "show long bodies whole")
	flags.StringVar(&f.source, "source", sourceAuto, "where to look: hot, archive, or auto: the hot store says where in the archive it lies")
	flags.StringVar(&f.hotstore, "hotstore", "", "hot store: sqlite:///folder, https://host:9200[/index], or the name of a hotstore extension of --config; default $"+hotstoreVariable+", else the one of --config")
	return command
}

func (f *getFlags) check(a *app) error {
	switch f.output {
	case outputExchange, outputText, outputJSON, outputCurl:
	default:
		return usagef("--output %q: must be %q, %q or %q", f.output, outputExchange, outputJSON, outputCurl)
	}
	if f.output != outputCurl && a.wantsJSON() {
		f.output = outputJSON
	}
	if f.curl {
		if f.output == outputJSON {
			return usagef("--curl is --output curl, which excludes --output json")
		}
		f.output = outputCurl
	}
	switch f.source {
	case sourceHot, sourceArchive, sourceAuto:
	default:
		return usagef("--source %q: must be hot, archive or auto", f.source)
	}
	if f.baseURL == "" {
		return nil
	}
	if f.output != outputCurl {
		return usagef("--base-url goes with --curl")
	}
	_, err := parseBaseURL(f.baseURL)
	return err
}

func (a *app) getPair(ctx context.Context, what string, f getFlags) error {
	if err := f.check(a); err != nil {
		return err
	}
	opts, identity, err := a.getOptions(what, f.at)
	if err != nil {
		return err
	}
	search := pairSearch{app: a, flags: f, opts: opts, identity: identity}
	defer search.close()
	pair, err := search.find(ctx)
	if err != nil {
		return err
	}
	if pair == nil {
		return a.printDimensions(search.document, f)
	}
	switch f.output {
	case outputJSON:
		_, err = fmt.Fprintf(a.stdout, "%s\n", safeJSON(pair.JSON(), a.stdoutIsTerminal))
	case outputCurl:
		return a.printCurl(pair, f.baseURL)
	default:
		err = a.printExchange(pair, f.full)
	}
	if err != nil {
		return fmt.Errorf("print the pair: %w", err)
	}
	return nil
}

func (a *app) getOptions(what, at string) (opts archive.GetOptions, identity string, err error) {
	if strings.Contains(what, "://") {
		if identity, opts.Folder, opts.ID, err = archive.ParseRecordURL(what); err != nil {
			return opts, "", usagef("%w", err)
		}
		return opts, identity, nil
	}
	if opts.ID, err = rrpair.ParseUUID(what); err != nil {
		return opts, "", usagef("%q: give a uuid (hyphenated, 32 hex digits or base64) or an archive address with ?uuid=: %w", what, err)
	}
	opts.At, err = a.parseTime("--at", at)
	return opts, "", err
}

// defaultArchive lets an address open its own archive when nothing else names one.
func (a *app) defaultArchive(identity string) {
	if _, err := a.archivePlace(); err != nil {
		a.flags.archive = identity
	}
}
