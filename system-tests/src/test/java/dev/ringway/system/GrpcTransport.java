package dev.ringway.system;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.okhttp.OkHttpServerBuilder;

/** The two independent HTTP/2 stacks of grpc-java, in clear text with prior knowledge, or on TLS. */
enum GrpcTransport
{
    NETTY,
    OKHTTP;

    /** Credentials are null for clear text. */
    ManagedChannelBuilder<?> channel(final int port, final ChannelCredentials tls)
    {
        final ChannelCredentials credentials = tls == null ? InsecureChannelCredentials.create() : tls;
        return switch (this)
        {
            case NETTY -> NettyChannelBuilder.forAddress("127.0.0.1", port, credentials);
            case OKHTTP -> OkHttpChannelBuilder.forAddress("127.0.0.1", port, credentials);
        };
    }

    ServerBuilder<?> server(final int port)
    {
        return switch (this)
        {
            case NETTY -> NettyServerBuilder.forPort(port, InsecureServerCredentials.create());
            case OKHTTP -> OkHttpServerBuilder.forPort(port, InsecureServerCredentials.create());
        };
    }
}
