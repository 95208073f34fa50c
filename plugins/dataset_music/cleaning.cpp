#include "cleaning.hpp"

#include <array>
#include <etude/error.hpp>

namespace dataset_music {

const Profile& find_profile(std::string_view name) {
  static constexpr std::array<Profile, 2> profiles = {Profile{"phase1", "\n\n", clean_phase1},
                                                      Profile{"phase2", "<|endoftext|>\n", clean_phase2}};
  for (const auto& profile : profiles)
    if (profile.name == name) return profile;
  throw etude::usage_error(etude::text("no cleaning profile ", name), "there are phase1 and phase2");
}

}  // namespace dataset_music
