"""What is asked of CaptioningRNN.loss and CaptioningRNN.sample."""
