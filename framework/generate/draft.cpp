#include <algorithm>
#include <generate/draft.hpp>
#include <generate/tunes.hpp>

namespace etude {

EndRules::EndRules(const SampleRequest& r, const Tokenizer& t, const std::vector<TokenId>& s)
    : request(r), tokenizer(t), separator(s) {
  if (!request.one_tune) return;
  for (TokenId id = 0; id < tokenizer.vocab_size(); ++id)
    has_colon.push_back(tokenizer.decode(std::span(&id, 1)).find(':') != std::string::npos);
}

Draft::Draft(const EndRules& rules, const std::vector<TokenId>& start) : rules_(rules), tokens_(start), start_(start.size()) {}

void Draft::end(std::size_t superfluous) {
  tokens_.resize(tokens_.size() - superfluous);
  finished_ = true;
}

void Draft::add(TokenId id) {
  tokens_.push_back(id);
  const auto& separator = rules_.separator;
  const auto size = static_cast<std::size_t>(tokens_.end() - added());
  if (rules_.tokenizer.end_of_text() == id) return end(1);
  if (!separator.empty() && size >= separator.size() && std::equal(separator.rbegin(), separator.rend(), tokens_.rbegin()))
    return end(separator.size());
  const auto token = static_cast<std::size_t>(id);
  if (token < rules_.has_colon.size() && rules_.has_colon[token]) {
    const auto& prompt = rules_.request.prompt;
    const auto so_far = prompt + rules_.tokenizer.decode(std::span(added(), size));
    if (second_tune(so_far, prompt.size()) != std::string::npos) finished_ = true;  // text() cuts, maybe within a token
  }
  finished_ = finished_ || static_cast<std::int64_t>(size) >= rules_.request.new_tokens;
}

std::string Draft::text() const {
  const auto& prompt = rules_.request.prompt;
  auto whole = prompt + rules_.tokenizer.decode(std::span(added(), tokens_.end()));
  if (rules_.request.one_tune) whole.resize(std::min(whole.size(), second_tune(whole, prompt.size())));
  return whole;
}

}  // namespace etude
