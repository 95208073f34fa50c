#include <report/sections.hpp>

namespace etude {

Section samples_section(const ReportData&, const ReportOptions&) { return {}; }

}  // namespace etude
