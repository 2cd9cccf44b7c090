// SPDX-License-Identifier: Apache-2.0
/** Receiving WAL by pg_receivewal: when it runs, from which server, and what it has finished. */
@NullMarked
package io.pghoard.receive;

import org.jspecify.annotations.NullMarked;
