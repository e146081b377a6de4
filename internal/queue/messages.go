package queue

import (
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// withHonestMessages corrects what the collector's queue says when a stopping exporter could not push: it
// announces that records are dropped, also when they are safe in the storage.
func withHonestMessages(logger *zap.Logger, volatile bool) *zap.Logger {
	if volatile {
		return logger
	}
	return logger.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core { return honestCore{core} }))
}

const (
	wrongMessage = "Exporting failed. Dropping data."
	rightMessage = "Exporting was interrupted. The records stay in the queue's storage until the next start."
)

type honestCore struct{ zapcore.Core }

func (c honestCore) With(fields []zapcore.Field) zapcore.Core { return honestCore{c.Core.With(fields)} }

func (c honestCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if entry.Message == wrongMessage {
		entry.Message, entry.Level = rightMessage, zapcore.InfoLevel
	}
	return c.Core.Check(entry, checked)
}
