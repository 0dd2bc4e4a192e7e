"""Right and wrong answers to what is asked of CaptioningRNN.loss and CaptioningRNN.sample."""
