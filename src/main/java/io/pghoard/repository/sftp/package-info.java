// SPDX-License-Identifier: Apache-2.0
/** Objects on a server that speaks SFTP. */
@NullMarked
package io.pghoard.repository.sftp;

import org.jspecify.annotations.NullMarked;
