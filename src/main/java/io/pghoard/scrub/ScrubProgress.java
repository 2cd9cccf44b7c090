// SPDX-License-Identifier: Apache-2.0
package io.pghoard.scrub;

import java.time.Instant;

/**
 * How far the reading of a site's objects is.
 *
 * @param until each object has had its turn up to this moment
 * @param since when the objects were read that are counted here
 * @param objects how many
 * @param bytes of their plain content
 * @param damaged how many objects of the site are marked as damaged
 */
public record ScrubProgress(Instant until, Instant since, long objects, long bytes, int damaged) {}
