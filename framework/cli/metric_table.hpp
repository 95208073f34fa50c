// Tables of metrics for people and for machines.
#pragma once

#include <base/table.hpp>
#include <etude/metric.hpp>
#include <nlohmann/json_fwd.hpp>

namespace etude {

/// With the columns' names as titles.
TextTable text_table(const MetricTable& table);

/// An object of columns; what is no finite number is null.
nlohmann::ordered_json table_json(const MetricTable& table);

}  // namespace etude
