#include "bars.hpp"

#include <algorithm>
#include <utility>

namespace etude::music {

namespace {

bool is_plain(const Token& token) {
  return token.sign == Sign::bar &&
         (token.bar == Bar::plain || token.bar == Bar::first_ending || token.bar == Bar::second_ending);
}

class Splitter {
 public:
  Splitter(const std::vector<Token>& tokens, const TokenList& part) : tokens_(tokens), part_(part) {}

  std::vector<BarSpan> run() const {
    int plain = 0;
    for (const auto index : part_) plain += is_plain(tokens_[index]);
    // Quirk::two_bar_lines_make_measures.
    if (plain < 2) return {everything()};
    auto spans = merged(raw_spans());
    return spans.size() > 1 ? std::move(spans) : std::vector<BarSpan>{everything_of(spans)};
  }

 private:
  const Token& token(std::size_t i) const { return tokens_[part_[i]]; }

  BarSpan everything() const {
    BarSpan span{part_, {}, {}, false};
    for (const auto index : part_) span.has_events = span.has_events || tokens_[index].is_event();
    return span;
  }
  static BarSpan everything_of(std::vector<BarSpan>& spans) { return spans.empty() ? BarSpan{} : std::move(spans.front()); }

  /// A bar line, or the last field before a note, is where one bar ends and the next begins.
  /// Quirk::late_field_counts_for_its_bar.
  bool is_boundary(std::size_t i) const {
    if (token(i).sign == Sign::bar) return true;
    return token(i).sign == Sign::field && i + 1 < part_.size() && token(i + 1).is_event();
  }

  /// What stands from boundary `first` to boundary `last`, without them where they are bar lines or belong to another bar.
  BarSpan span(std::size_t first, std::size_t last) const {
    BarSpan result;
    std::size_t begin = first, end = last + 1;
    const Token &left = token(first), &right = token(last);
    if (left.sign == Sign::bar) {
      if (left.bar != Bar::repeat_end) result.left = left.bar;
      ++begin;
    } else if (first != 0 && left.sign == Sign::field) {
      ++begin;  // it ended the bar before
    }
    if (right.sign == Sign::bar) {
      if (right.bar != Bar::repeat_start) result.right = right.bar;
      --end;
    } else if (right.sign != Sign::field && !(right.is_event() && last + 1 == part_.size())) {
      --end;
    }
    for (std::size_t i = begin; i < end; ++i) {
      result.tokens.push_back(part_[i]);
      result.has_events = result.has_events || token(i).is_event();
    }
    return result;
  }

  /// Spans between boundaries; of adjacent boundaries only the last one counts. Empty spans are left out.
  std::vector<BarSpan> raw_spans() const {
    std::vector<BarSpan> spans;
    const auto add = [&](std::size_t first, std::size_t last) {
      if (auto found = span(first, last); !found.tokens.empty()) spans.push_back(std::move(found));
    };
    std::size_t from = 0;
    bool any = false;
    for (std::size_t i = 0; i < part_.size(); ++i) {
      if (!is_boundary(i)) continue;
      if (!any || i != from + 1) add(any ? from : 0, i);
      from = i, any = true;
    }
    if (from + 1 != part_.size()) add(from, part_.size() - 1);
    return spans;
  }

  static BarSpan joined(BarSpan first, BarSpan second) {
    first.tokens.insert(first.tokens.end(), second.tokens.begin(), second.tokens.end());
    if (second.left) first.left = second.left;
    if (second.right) first.right = second.right;
    first.has_events = first.has_events || second.has_events;
    return first;
  }

  /// A span without notes goes with the one behind it; with notes in fewer than two spans, everything is one.
  static std::vector<BarSpan> merged(std::vector<BarSpan> spans) {
    const auto sounding = std::count_if(spans.begin(), spans.end(), [](const BarSpan& span) { return span.has_events; });
    std::vector<BarSpan> result;
    for (std::size_t i = 0; i < spans.size(); ++i) {
      if (sounding < 2 && !result.empty()) {
        result.front() = joined(std::move(result.front()), std::move(spans[i]));
      } else if (!spans[i].has_events && i + 1 < spans.size() && sounding >= 2) {
        result.push_back(joined(std::move(spans[i]), std::move(spans[i + 1])));
        ++i;
      } else {
        result.push_back(std::move(spans[i]));
      }
    }
    return result;
  }

  const std::vector<Token>& tokens_;
  const TokenList& part_;
};

}  // namespace

std::vector<BarSpan> split_into_bars(const std::vector<Token>& tokens, const TokenList& part) {
  return Splitter(tokens, part).run();
}

}  // namespace etude::music
