package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/config/configtls"
)

const (
	protocolGRPC = "grpc"
	protocolHTTP = "http"

	defaultBatchRecords = 200
	defaultBatchBytes   = 4 << 20
	// maxLineBytes bounds one line: the collector's default limit for a whole request.
	maxLineBytes = 64 << 20
)

type sendFlags struct {
	endpoint, protocol, compression string
	tls                             configtls.ClientConfig
	headers                         []string
	rate                            float64
	workers                         int
	batchRecords                    int
	batchBytes                      int
	timeout, giveUpAfter            time.Duration
	acked                           string
	cluster, namespace, service     string
}

const sendExamples = `  byoc send --endpoint localhost:4317 --insecure traffic.jsonl
  # moving an old archive in, to be continued where it stopped
  byoc send --endpoint collector.example:4317 --acked sent.txt old/*.jsonl.gz
  # 500 records a second over HTTP with a token
  byoc send --protocol http --endpoint https://collector.example:4318 --rate 500 --header "Authorization=Bearer $TOKEN" raw.jsonl
  byoc demo generate --pairs 100000 | byoc send --endpoint localhost:4317 --insecure -`

func newSendCommand(a *app) *cobra.Command {
	var flags sendFlags
	command := &cobra.Command{
		Use:   "send --endpoint HOST:PORT FILE...|-",
		Short: "Send raw.jsonl to a collector as a capture forwarder does, until every record is acknowledged",
		Long: `Send raw.jsonl files (plain, gzip or zstd; - is standard input) to a collector as OTLP logs, as a capture forwarder does.

Requests are repeated until the collector acknowledges them. What it refuses for good is counted with its reason and not
repeated. With --acked the uuids of acknowledged records are written to a file; given again, that file says what to leave
out, so an interrupted run is continued. Lines that are no RRPair are skipped and counted. Exit code 3: something was
skipped or refused.`,
		Example: sendExamples,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, files []string) error {
			return a.send(command.Context(), flags, files)
		},
	}
	f := command.Flags()
	f.StringVar(&flags.endpoint, "endpoint", "", "host:port of the collector, 4317 for gRPC or 4318 for HTTP by custom; http:// or https:// is allowed (required)")
	f.StringVar(&flags.protocol, "protocol", protocolGRPC, "grpc or http")
	f.StringVar(&flags.compression, "compression", "none", "none or gzip")
	f.BoolVar(&flags.tls.Insecure, "insecure", false, "no TLS")
	f.BoolVar(&flags.tls.InsecureSkipVerify, "insecure-skip-verify", false, "TLS without checking the server's certificate")
	f.StringVar(&flags.tls.CAFile, "ca-file", "", "PEM file of the authority that signed the server's certificate; default the system's")
	f.StringVar(&flags.tls.CertFile, "cert-file", "", "PEM file of the client's certificate")
	f.StringVar(&flags.tls.KeyFile, "key-file", "", "PEM file of the client's key")
	f.StringVar(&flags.tls.ServerName, "server-name", "", "name expected in the server's certificate")
	f.StringArrayVar(&flags.headers, "header", nil, "KEY=VALUE sent with every request; may be repeated")
	f.Float64Var(&flags.rate, "rate", 0, "records a second at most; 0 is as fast as the collector takes them")
	f.IntVar(&flags.workers, "workers", 4, "requests in flight at once")
	f.IntVar(&flags.batchRecords, "batch-records", defaultBatchRecords, "records in a request at most")
	f.IntVar(&flags.batchBytes, "batch-bytes", defaultBatchBytes, "bytes of JSON in a request at most; a larger record goes alone")
	f.DurationVar(&flags.timeout, "timeout", time.Minute, "how long one attempt may take")
	f.DurationVar(&flags.giveUpAfter, "give-up-after", 0, "stop when a request was repeated for that long without success; 0 is never")
	f.StringVar(&flags.acked, "acked", "", "file of acknowledged uuids: read to leave them out, then added to")
	f.StringVar(&flags.cluster, "cluster", "", "value of the resource attribute cluster; default what each record says")
	f.StringVar(&flags.namespace, "namespace", "", "value of the attribute namespace; default what each record says")
	f.StringVar(&flags.service, "service", "", "value of the attribute service; default what each record says")
	must(command.MarkFlagRequired("endpoint"))
	return command
}

func (f *sendFlags) validate() error {
	switch {
	case f.protocol != protocolGRPC && f.protocol != protocolHTTP:
		return usagef("--protocol %q: must be grpc or http", f.protocol)
	case f.compression != "none" && f.compression != "gzip":
		return usagef("--compression %q: must be none or gzip", f.compression)
	case f.workers < 1:
		return usagef("--workers %d: must be at least 1", f.workers)
	case f.batchRecords < 1:
		return usagef("--batch-records %d: must be at least 1", f.batchRecords)
	case f.batchBytes < 1:
		return usagef("--batch-bytes %d: must be at least 1", f.batchBytes)
	case f.rate < 0:
		return usagef("--rate %v: must not be negative", f.rate)
	case f.timeout <= 0:
		return usagef("--timeout %s: must be positive", f.timeout)
	case f.giveUpAfter < 0:
		return usagef("--give-up-after %s: must not be negative", f.giveUpAfter)
	}
	for _, header := range f.headers {
		if key, _, ok := strings.Cut(header, "="); !ok || key == "" {
			return usagef("--header %q: must be KEY=VALUE", header)
		}
	}
	return nil
}

func (a *app) send(ctx context.Context, flags sendFlags, files []string) error {
	if err := flags.validate(); err != nil {
		return err
	}
	transport, err := newTransport(ctx, flags)
	if err != nil {
		return err
	}
	defer transport.close()
	acked, err := openAcked(flags.acked)
	if err != nil {
		return err
	}
	source, err := a.openSource(files)
	if err != nil {
		return errors.Join(err, acked.close())
	}
	bar := a.progress("send", source.totalBytes)
	s := &sender{flags: flags, transport: transport, acked: acked, logger: a.logger, clock: a.clock, progress: bar}
	started := a.clock()
	runErr := errors.Join(s.run(ctx, source), acked.close(), source.close())
	bar.done()
	s.summary.Seconds = a.clock().Sub(started).Seconds()
	if err := a.printSendSummary(&s.summary); err != nil {
		return errors.Join(runErr, err)
	}
	if runErr != nil {
		return runErr
	}
	return s.summary.leftOut()
}

// sendSummary is what send reports; its JSON names are part of the tool's contract.
type sendSummary struct {
	Records      int64            `json:"records"`      // acknowledged in this run
	Bytes        int64            `json:"bytes"`        // of their JSON
	Requests     int64            `json:"requests"`     // acknowledged requests
	Retries      int64            `json:"retries"`      // attempts that had to be repeated
	Rejected     int64            `json:"rejected"`     // refused for good by the collector
	Reasons      map[string]int64 `json:"reasons"`      // why, with the number of records
	BadLines     int64            `json:"bad_lines"`    // lines that are no RRPair
	AlreadyAcked int64            `json:"already_sent"` // left out because of --acked
	Seconds      float64          `json:"seconds"`
}

func (s *sendSummary) leftOut() error {
	var parts []string
	if s.Rejected > 0 {
		parts = append(parts, humanCount(s.Rejected)+" records were refused by the collector")
	}
	if s.BadLines > 0 {
		parts = append(parts, humanCount(s.BadLines)+" lines were no RRPair and were skipped")
	}
	if len(parts) == 0 {
		return nil
	}
	return skippedf("%s", strings.Join(parts, "; "))
}

func (a *app) printSendSummary(s *sendSummary) error {
	if a.wantsJSON() {
		if s.Reasons == nil {
			s.Reasons = map[string]int64{}
		}
		return a.printJSON(s)
	}
	took := time.Duration(s.Seconds * float64(time.Second))
	fmt.Fprintf(a.stdout, "acknowledged %s records, %s in %s (%s)", humanCount(s.Records), humanBytes(s.Bytes), humanDuration(took), humanRate(s.Records, took))
	fmt.Fprintf(a.stdout, "; requests %s, repeated %s, rejected %s\n", humanCount(s.Requests), humanCount(s.Retries), humanCount(s.Rejected))
	if s.AlreadyAcked > 0 {
		fmt.Fprintf(a.stdout, "left out %s records that were acknowledged before\n", humanCount(s.AlreadyAcked))
	}
	for _, reason := range slices.Sorted(maps.Keys(s.Reasons)) {
		fmt.Fprintf(a.stdout, "rejected %s: %s\n", humanCount(s.Reasons[reason]), reason)
	}
	return nil
}
