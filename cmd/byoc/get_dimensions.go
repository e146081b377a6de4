package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/byoc-otel/otelcol-byoc/internal/hotstore"
)

// printDimensions shows what the hot store knows of a pair that is not in the archive (yet). Scripts see exit code 3.
func (a *app) printDimensions(document *hotstore.Document, f getFlags) error {
	missing := fmt.Sprintf("the pair %s itself is not in the archive yet, only its dimensions are in the hot store: the archive exporter writes it when it flushes (flush::age, 60s): try again then", document.UUID)
	if f.source == sourceHot {
		missing = fmt.Sprintf("the hot store keeps the dimensions of the pair %s and not the pair itself: --source auto fetches it from the archive", document.UUID)
	}
	if f.output == outputCurl {
		return fmt.Errorf("there is no request to print: %s", missing)
	}
	if f.output == outputJSON {
		if err := a.printJSON(dimensionsOf(document)); err != nil {
			return err
		}
		return skippedf("%s", missing)
	}
	table := newTable()
	row := func(name, value string) {
		if value != "" {
			table.add(name, harmless(value, false))
		}
	}
	for _, name := range hotstore.ShortNames() {
		dimension := hotstore.LookupDimension(name)
		switch {
		case name == "duration" && !document.NoDuration:
			row(name, humanDuration(document.Duration))
		case dimension.Kind == hotstore.KindTime:
			row(name, a.formatTime(document.Time))
		default:
			row(name, dimension.Text(document))
		}
	}
	for _, extra := range document.Extra {
		row(extra.Name, hotstore.LookupDimension(extra.Name).Text(document))
	}
	if err := table.write(a.stdout); err != nil {
		return err
	}
	return skippedf("%s", missing)
}

// dimensionsOf are the dimensions by their short names, with numbers as numbers. An object that is no RRPair: it has no
// msgType.
func dimensionsOf(document *hotstore.Document) map[string]any {
	row := map[string]any{}
	for _, name := range hotstore.ShortNames() {
		dimension := hotstore.LookupDimension(name)
		text := dimension.Text(document)
		switch dimension.Kind {
		case hotstore.KindNumber:
			if number, err := strconv.ParseInt(text, 10, 64); err == nil {
				row[name] = number
			}
		case hotstore.KindBool:
			row[name] = text == "true"
		default:
			if text != "" {
				row[name] = text
			}
		}
	}
	for _, extra := range document.Extra {
		switch extra.Kind {
		case hotstore.ExtraNumber:
			row[extra.Name] = json.Number(strings.TrimSpace(strconv.FormatFloat(extra.Number, 'g', -1, 64)))
		case hotstore.ExtraBool:
			row[extra.Name] = extra.Bool
		default:
			row[extra.Name] = extra.Text
		}
	}
	return row
}
