// The parts of the report page, in the page's order. Each makes one section of what was read, or an empty one (no html), which
// the page leaves out.
#pragma once

#include <report/page.hpp>

namespace etude {

/// What was run and what came of it, in words.
Section summary_section(const ReportData& data);

/// Loss against parameters and compute, with fits, bands and held-out points; what the fits warn of.
Section losses_section(const ReportData& data);

/// All runs side by side, sortable.
Section comparison_section(const ReportData& data);

/// Training losses by tokens, time and compute.
Section curves_section(const ReportData& data);

/// Time, memory and throughput against size.
Section costs_section(const ReportData& data);

/// Shares that metrics measured, such as of valid samples, with intervals.
Section validity_section(const ReportData& data);

/// Samples as text, sheet music and sound, with verdicts.
Section samples_section(const ReportData& data, const ReportOptions& options);

/// What the corpus is made of: outcomes, gzip ratios, leakage.
Section corpus_section(const ReportData& data);

/// Where every number comes from: programs, plugins, machines, settings.
Section provenance_section(const ReportData& data);

}  // namespace etude
