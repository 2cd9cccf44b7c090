// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.common.SftpConstants;

/** A file that is open on the server. Blocks are written ahead of the answers to those before. */
final class RemoteFile implements Closeable {
  /** What every server takes in one packet. */
  static final int BLOCK = 32 << 10;

  /** Together a megabyte for each file that is being written or read. */
  static final int AHEAD = 32;

  private static final int OWNER_ONLY = 0600;

  private final SftpConnection connection;
  private final String path;
  private final byte[] handle;
  private final Queue<Integer> unanswered = new ArrayDeque<>();
  private long position;
  private boolean closed;

  private RemoteFile(SftpConnection connection, String path, byte[] handle) {
    this.connection = connection;
    this.path = path;
    this.handle = handle;
  }

  /** Makes a file that was not there. */
  static RemoteFile create(SftpConnection connection, String path) throws IOException {
    int flags =
        SftpConstants.SSH_FXF_WRITE | SftpConstants.SSH_FXF_CREAT | SftpConstants.SSH_FXF_EXCL;
    Buffer request = SftpConnection.request(path);
    request.putInt(flags);
    request.putInt(SftpConstants.SSH_FILEXFER_ATTR_PERMISSIONS);
    request.putInt(OWNER_ONLY);
    int id = connection.send(SftpConstants.SSH_FXP_OPEN, request);
    return new RemoteFile(connection, path, connection.handle(id, path));
  }

  static RemoteFile open(SftpConnection connection, String path) throws IOException {
    return opened(connection, path, sendOpen(connection, path));
  }

  static int sendOpen(SftpConnection connection, String path) throws IOException {
    Buffer request = SftpConnection.request(path);
    request.putInt(SftpConstants.SSH_FXF_READ);
    request.putInt(0);
    return connection.send(SftpConstants.SSH_FXP_OPEN, request);
  }

  static RemoteFile opened(SftpConnection connection, String path, int id) throws IOException {
    return new RemoteFile(connection, path, connection.handle(id, path));
  }

  String path() {
    return path;
  }

  void write(byte[] bytes, int length) throws IOException {
    for (int offset = 0; offset < length; offset += BLOCK) {
      int count = Math.min(BLOCK, length - offset);
      Buffer request = new ByteArrayBuffer(handle.length + count + 64);
      request.putBytes(handle);
      request.putLong(position);
      request.putBytes(bytes, offset, count);
      unanswered.add(connection.send(SftpConstants.SSH_FXP_WRITE, request));
      position += count;
      if (unanswered.size() >= AHEAD) {
        connection.done(unanswered.remove(), path);
      }
    }
  }

  /** Makes what was written durable. */
  void sync() throws IOException {
    while (!unanswered.isEmpty()) {
      connection.done(unanswered.remove(), path);
    }
    connection.sync(handle, path);
  }

  FileFacts facts() throws IOException {
    int id = connection.send(SftpConstants.SSH_FXP_FSTAT, SftpConnection.request(handle));
    return FileFacts.read(connection.answer(id, SftpConstants.SSH_FXP_ATTRS, path));
  }

  int sendRead(long offset, int length) throws IOException {
    Buffer request = SftpConnection.request(handle);
    request.putLong(offset);
    request.putInt(length);
    return connection.send(SftpConstants.SSH_FXP_READ, request);
  }

  /** The bytes that a request brings; none at the end of the file. */
  byte[] read(int id) throws IOException {
    try {
      return connection.answer(id, SftpConstants.SSH_FXP_DATA, path).getBytes();
    } catch (SftpStatusException e) {
      if (e.code() == SftpStatusException.EOF) {
        return new byte[0];
      }
      throw e;
    }
  }

  /** The whole of a small file, or one byte more than {@code most}. */
  byte[] readAll(int most) throws IOException {
    byte[] all = new byte[0];
    while (all.length <= most) {
      byte[] more = read(sendRead(all.length, BLOCK));
      if (more.length == 0) {
        return all;
      }
      int old = all.length;
      all = Arrays.copyOf(all, old + more.length);
      System.arraycopy(more, 0, all, old, more.length);
    }
    return Arrays.copyOf(all, most + 1);
  }

  /** Closes it without waiting; the answer is for nobody but must not be taken for another's. */
  int sendClose() throws IOException {
    closed = true;
    return connection.send(SftpConstants.SSH_FXP_CLOSE, SftpConnection.request(handle));
  }

  @Override
  public void close() throws IOException {
    if (closed || !connection.isOpen()) {
      return;
    }
    SftpStatusException failure = null;
    while (!unanswered.isEmpty()) {
      try {
        connection.done(unanswered.remove(), path);
      } catch (SftpStatusException e) {
        failure = e;
      }
    }
    connection.done(sendClose(), path);
    if (failure != null) {
      throw failure;
    }
  }
}
