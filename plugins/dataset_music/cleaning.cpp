#include "cleaning.hpp"

#include <array>
#include <etude/error.hpp>

namespace dataset_music {

const Profile& find_profile(std::string_view name) {
  static constexpr std::array<Profile, 3> profiles = {Profile{"phase1", "\n\n", clean_phase1},
                                                      Profile{"phase2", "<|endoftext|>\n", clean_phase2},
                                                      Profile{"etude", "\n\n", clean_etude}};
  for (const auto& profile : profiles)
    if (profile.name == name) return profile;
  throw etude::usage_error(etude::text("no cleaning profile ", name), "there are phase1, phase2 and etude");
}

}  // namespace dataset_music
