// SPDX-License-Identifier: Apache-2.0
/** Reading what is stored before somebody needs it, and marking what is damaged. */
@NullMarked
package io.pghoard.scrub;

import org.jspecify.annotations.NullMarked;
