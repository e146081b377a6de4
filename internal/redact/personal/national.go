package personal

var builtinPatterns = []pattern{}
