# Makes a Markdown table of BenchmarkBackends: medians, and requests a second against those of prepared SQL.
#   go test … -bench Backends -count 5 ./internal/cli | awk -f scripts/bench-table.awk
function median(key,   n, i, j, t, v) {
  n = split(values[key], v, " ")
  for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j-1] + 0 > v[j] + 0; j--) { t = v[j]; v[j] = v[j-1]; v[j-1] = t }
  return v[int((n + 1) / 2)]
}
/^BenchmarkBackends\// {
  split($1, part, "/"); sub(/-[0-9]+$/, "", part[4])
  size = part[2]; sub(/households=/, "", size)
  row = size " " part[3]
  if (!(row in seen)) { seen[row] = 1; rows[++count] = row }
  values[row " " part[4]] = values[row " " part[4]] " " $3
}
END {
  print "| families | question | SQL with joins, ms | fastest SQL, ms | HTTP columnar, ms | × joins | × fastest | HTTP pushdown, ms | × fastest |"
  print "|---|---|---|---|---|---|---|---|---|"
  for (i = 1; i <= count; i++) {
    split(rows[i], r, " ")
    joins = median(rows[i] " joins"); sql = median(rows[i] " sql"); columnar = median(rows[i] " columnar"); pushdown = median(rows[i] " pushdown")
    gsub(/-/, " ", r[2])
    printf "| %d | %s | %s | %.2f | %.2f | %s | %.1f | %.2f | %.2f |\n", r[1], r[2], (joins ? sprintf("%.2f", joins/1e6) : ""), sql/1e6, columnar/1e6,
      (joins ? sprintf("%.1f", joins/columnar) : ""), sql/columnar, pushdown/1e6, sql/pushdown
  }
}
