#include <report/sections.hpp>

namespace etude {

Section provenance_section(const ReportData&) { return {}; }

}  // namespace etude
