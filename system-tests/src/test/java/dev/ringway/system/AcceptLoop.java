package dev.ringway.system;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/** Serves each connection to a socket on a thread of its own, until the socket is closed. */
final class AcceptLoop
{
    private AcceptLoop()
    {
    }

    /** The threads bear this name. */
    static void start(final ServerSocket server, final String name, final Consumer<Socket> serving)
    {
        Thread.ofPlatform().daemon().name(name).start(() ->
        {
            try
            {
                while (true)
                {
                    final Socket socket = server.accept();
                    Thread.ofPlatform().daemon().name(name + "-connection").start(() -> serving.accept(socket));
                }
            }
            catch (final IOException e)
            {
                // Closed: the test is over.
            }
        });
    }
}
